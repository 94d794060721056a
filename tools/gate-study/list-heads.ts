import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { listFiles } from '../../src/commands/list-files.ts'
import { readSeries } from '../../src/measuring/read-series.ts'
import { readNifti } from '../../src/nifti/read-nifti.ts'
import type { Volume } from '../../src/volume/grid.ts'

/** A head on the disk: a NIfTI file, or a folder of one DICOM series. */
export interface HeadSource {
  readonly name: string
  readonly read: () => Promise<Volume>
}

const atOnce = async <T>(_stage: unknown, run: () => T | Promise<T>) => run()

const niftiHead = (path: string): HeadSource => ({
  name: basename(path).replace(/(_t1)?\.nii(\.gz)?$/, ''),
  read: async () => readNifti(readFileSync(path)).volume,
})

const dicomHead = (path: string): HeadSource => ({
  name: basename(path),
  read: async () => {
    const files = (await listFiles([path])).map((file) => new Uint8Array(readFileSync(file)))
    return (await readSeries(files, atOnce, new AbortController().signal)).volume
  },
})

/**
 * Heads among the given paths, in the order of their names: NIfTI files, folders with files `*_t1.nii.gz`
 * in them, and any other folder as one DICOM series.
 */
export function listHeads(paths: readonly string[]): readonly HeadSource[] {
  return paths.flatMap((path) => {
    if (!statSync(path).isDirectory()) return [niftiHead(path)]
    const images = readdirSync(path).filter((name) => name.endsWith('_t1.nii.gz'))
    if (images.length === 0) return [dicomHead(path)]
    return images.sort().map((name) => niftiHead(join(path, name)))
  })
}
