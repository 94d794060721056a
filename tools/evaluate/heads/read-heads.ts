import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readNifti } from '../../../src/nifti/read-nifti.ts'
import type { LabelMap, Volume } from '../../../src/volume/grid.ts'

/** Results of another tool for a head, from cases.csv; undefined if not in the file. */
export interface KnownCase {
  readonly diceLeft: number | undefined
  readonly diceRight: number | undefined
  readonly leftMm3: number | undefined
  readonly rightMm3: number | undefined
  readonly intracranialMm3: number | undefined
}

/** A whole head with manual labels: 1 left, 2 right. */
export interface LabelledHead {
  readonly name: string
  readonly volume: Volume
  readonly truth: LabelMap
  readonly hippoDeep: KnownCase | undefined
}

const imageName = /^(.+)_t1\.nii(\.gz)?$/i
const labelFile = (id: string, files: readonly string[]) =>
  files.find((file) => file.replace(/\.nii(\.gz)?$/i, '') === `${id}_hippocampus`)

/** Whether a folder contains whole heads: ID_t1.nii.gz with ID_hippocampus.nii.gz. */
export function holdsHeads(folder: string): boolean {
  if (!existsSync(folder)) return false
  const files = readdirSync(folder)
  return files.some((file) => {
    const id = imageName.exec(file)?.[1]
    return id !== undefined && labelFile(id, files) !== undefined
  })
}

function readCases(folder: string): ReadonlyMap<string, KnownCase> {
  const path = join(folder, 'cases.csv')
  if (!existsSync(path)) return new Map()
  const [header = '', ...rows] = readFileSync(path, 'utf8').trim().split(/\r?\n/)
  const names = header.split(',')
  return new Map(
    rows.map((row) => {
      const cells = row.split(',')
      const number = (name: string) => {
        const cell = cells[names.indexOf(name)]
        return cell ? Number(cell) : undefined
      }
      const known = {
        diceLeft: number('hippodeep_dice_left'),
        diceRight: number('hippodeep_dice_right'),
        leftMm3: number('hippodeep_left_mm3'),
        rightMm3: number('hippodeep_right_mm3'),
        intracranialMm3: number('hippodeep_etiv_mm3'),
      }
      return [cells[names.indexOf('id')] ?? '', known]
    }),
  )
}

/** Every labelled head of a folder, one after the other so that only one is in memory. */
export function* readHeads(
  folder: string,
  only: ReadonlySet<string> | undefined,
): Generator<LabelledHead> {
  const files = readdirSync(folder).sort()
  const known = readCases(folder)
  for (const file of files) {
    const name = imageName.exec(file)?.[1]
    const label = name === undefined ? undefined : labelFile(name, files)
    if (name === undefined || label === undefined) continue
    if (only !== undefined && !only.has(name)) continue
    const { volume } = readNifti(readFileSync(join(folder, file)))
    const { dimensions, affine, intensities } = readNifti(readFileSync(join(folder, label))).volume
    const truth = { dimensions, affine, labels: Uint8Array.from(intensities) }
    if (dimensions.join() !== volume.dimensions.join()) {
      throw new Error(`${label} is not on the grid of ${file}.`)
    }
    yield { name, volume, truth, hippoDeep: known.get(name) }
  }
}
