// Temporal horns and occupancies of whole heads by the product, including slits.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createSegmenter } from '../../src/inference/segmenter.ts'
import { createLocalizer } from '../../src/localization/localizer.ts'
import { lookForHorn } from '../../src/measuring/look-for-horn.ts'
import { measureHead } from '../../src/measuring/measure-head.ts'
import type { Volume } from '../../src/volume/grid.ts'
import { voxelVolumeOf } from '../../src/volume/patient-affine.ts'
import { resolveManifest } from '../../src/wiring/shipped-model.ts'
import { listHeads } from '../check-localization/read-head.ts'
import { headChanges } from '../stability/change-head.ts'

const usage = `node tools/horn/measure-horns.ts HEADS --json FILE

HEADS contains whole heads (ID_t1.nii.gz).

  --again LIST    measure each head again after these changes of tools/stability, such as 'turned by 5 degrees'
  --threads N     threads of the network (1)`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    again: { type: 'string', default: '' },
    threads: { type: 'string', default: '1' },
  },
})
if (positionals.length !== 1 || values.json === undefined) {
  console.error(usage)
  process.exit(2)
}
const segmenter = await createSegmenter({
  manifestPath: resolveManifest('builtin'),
  threads: Number(values.threads),
})
const localizer = await createLocalizer({})
const atOnce = async <T>(_stage: unknown, run: () => T | Promise<T>) => run()
const asked = values.again === '' ? [] : values.again.split(',')
const changes = headChanges.filter(({ name }) => asked.includes(name))

async function measure(name: string, changed: string, head: Volume) {
  const measured = await measureHead(head, { segmenter, localizer }, [], atOnce, undefined)
  const rows = []
  for (const [index, look] of measured.looks.entries()) {
    const start = performance.now()
    const horn = await lookForHorn(look, measured.labelMap, segmenter, undefined)
    if (horn === undefined) throw new Error('The model has no network for the temporal horn.')
    const milliseconds = performance.now() - start
    const hornMm3 = horn.voxels * voxelVolumeOf(head.affine)
    const hippocampusMm3 = measured.volumes[index]!.totalMm3
    const occupancy = hippocampusMm3 / (hippocampusMm3 + hornMm3)
    const { side, borderShare } = horn
    rows.push({
      name,
      changed,
      side,
      hornMm3,
      hippocampusMm3,
      occupancy,
      borderShare,
      milliseconds,
    })
  }
  return rows
}

const rows = []
for (const head of listHeads(positionals[0]!)) {
  const volume = await head.read()
  for (const { name, change } of [{ name: '', change: (same: Volume) => same }, ...changes]) {
    try {
      rows.push(...(await measure(head.name.split('/').at(-1)!, name, change(volume))))
    } catch (error) {
      console.error(`${head.name} ${name}: ${(error as Error).message}`)
    }
  }
  console.log(head.name)
  writeFileSync(values.json, `${JSON.stringify(rows, null, 1)}\n`)
}
await Promise.all([segmenter.close(), localizer.close()])
