import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readNifti } from '../../src/nifti/read-nifti.ts'
import { bothSides, type KnownCase } from '../atrophy/known-case.ts'

/** Names of left and right in the label files of a folder. */
const labelFiles = [
  { ending: 'hippocampus', values: { left: 1, right: 2 } },
  { ending: 'hippodeep', values: { left: 1, right: 2 } },
  { ending: 'aseg', values: { left: 17, right: 53 } },
] as const

/** Reads one head, `ID_t1.nii.gz`, with labels by another tool or a person. */
export function readKnownHead(folder: string, name: string): KnownCase {
  const files = readdirSync(folder)
  const nameOf = (ending: string) =>
    files.find((file) => file.replace(/\.nii(\.gz)?$/, '') === `${name}_${ending}`)
  const image = nameOf('t1')
  const found = labelFiles.find(({ ending }) => nameOf(ending) !== undefined)
  if (image === undefined || found === undefined || !existsSync(join(folder, image))) {
    throw new Error(`${folder} has no image and labels for ${name}.`)
  }
  const { volume } = readNifti(readFileSync(join(folder, image)))
  const read = readNifti(readFileSync(join(folder, nameOf(found.ending)!))).volume
  const labels = Uint8Array.from(read.intensities)
  const hippocampi = bothSides.map((side) => ({
    side,
    values: [found.values[side]],
    trueMm3: 0,
  }))
  return { name, kind: 'head', volume, labels, hippocampi }
}
