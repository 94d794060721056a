import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MeasuredSeries } from '../../src/measuring/measure-series.ts'
import type { ResultInstance } from '../../src/pipeline/store-results.ts'

/** Everything one check needs, in a separate folder. */
export interface WrittenCase {
  readonly name: string
  readonly folder: string
  readonly sources: readonly string[]
  readonly results: readonly { readonly role: string; readonly path: string }[]
}

/** All files below a folder, read. */
export function readFiles(folder: string): Uint8Array[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => new Uint8Array(readFileSync(join(entry.parentPath, entry.name))))
}

/**
 * Writes sources, results and their expected content (truth.json, labels.raw) for other readers.
 */
export function writeCase(
  folder: string,
  name: string,
  files: readonly Uint8Array[],
  written: {
    readonly measured: MeasuredSeries
    readonly instances: readonly ResultInstance[]
    readonly pdf: Uint8Array | undefined
  },
): WrittenCase {
  const { measured, instances, pdf } = written
  const own = join(folder, name.replaceAll(/\W+/g, '-'))
  mkdirSync(join(own, 'source'), { recursive: true })
  const save = (path: string, bytes: Uint8Array | string) => {
    writeFileSync(join(own, path), bytes)
    return join(own, path)
  }
  const sources = files.map((file, index) => save(`source/${index}.dcm`, file))
  const results = instances.map(({ role, bytes }) => ({ role, path: save(`${role}.dcm`, bytes) }))
  if (pdf) save('report.pdf', pdf)
  const { labelMap, volumes, intracranialVolume } = measured
  save('labels.raw', labelMap.labels)
  const { dimensions, affine } = labelMap
  const intracranialMm3 = intracranialVolume?.mm3
  save('truth.json', JSON.stringify({ name, dimensions, affine, volumes, intracranialMm3 }))
  return { name, folder: own, sources, results }
}
