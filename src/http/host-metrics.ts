import { statfs } from 'node:fs/promises'
import { Gauge, type Registry } from 'prom-client'

export interface HostFacts {
  /** Folder whose disk is monitored. */
  readonly dataFolder: string
  /** Resident memory of the analysis process, bytes; undefined while it is not running. */
  readonly analysisMemory: () => Promise<number | undefined>
  readonly softwareVersion: string
  /** The active model; undefined while none is loaded. */
  readonly activeModel: () => { readonly name: string; readonly version: string } | undefined
}

/**
 * Metrics of the disk under DATA_DIR, the memory of the analysis process, and the versions in use.
 */
export function exportHost(registry: Registry, facts: HostFacts): void {
  const registers = [registry]
  const free = new Gauge({
    name: 'hippovolume_disk_free_bytes',
    help: 'Free space for the service on the disk of DATA_DIR.',
    registers,
    async collect() {
      // A disk that cannot be read gives no value instead of an old one.
      const disk = await statfs(facts.dataFolder).catch(() => undefined)
      free.set(disk === undefined ? Number.NaN : disk.bavail * disk.bsize)
      size.set(disk === undefined ? Number.NaN : disk.blocks * disk.bsize)
    },
  })
  const size = new Gauge({
    name: 'hippovolume_disk_size_bytes',
    help: 'Size of the disk of DATA_DIR.',
    registers,
  })
  const memory = new Gauge({
    name: 'hippovolume_analysis_resident_memory_bytes',
    help: 'Resident memory of the analysis process.',
    registers,
    async collect() {
      memory.set((await facts.analysisMemory()) ?? Number.NaN)
    },
  })
  const info = new Gauge({
    name: 'hippovolume_info',
    help: 'Always 1; the labels give the versions in use.',
    labelNames: ['version', 'model'],
    registers,
    collect() {
      info.reset()
      const model = facts.activeModel()
      const label = model === undefined ? '' : `${model.name} ${model.version}`
      info.set({ version: facts.softwareVersion, model: label }, 1)
    },
  })
}
