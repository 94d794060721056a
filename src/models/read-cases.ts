import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { readNifti } from '../nifti/read-nifti.ts'
import type { Grid, Vector3, Volume } from '../volume/grid.ts'
import { voxelToPatient } from '../volume/patient-affine.ts'

/** A crop and its manual labels (0 background, 1 anterior, 2 posterior) on the same grid. */
export interface LabelledCase {
  readonly name: string
  readonly volume: Volume
  readonly truth: Uint8Array
}

export interface LeftOut {
  readonly case: string
  readonly reason: string
}

const isNifti = (file: string) => /\.nii(\.gz)?$/i.test(file) && !file.startsWith('.')
const caseName = (file: string) => basename(file).replace(/\.nii(\.gz)?$/i, '')

/** Maximum distance between the corners of two grids, millimetres. */
const placeTolerance = 0.05

function cornersOf({ dimensions, affine }: Grid): Vector3[] {
  const [c, r, s] = dimensions.map((n) => n - 1) as [number, number, number]
  const corners: Vector3[] = [
    [0, 0, 0],
    [c, 0, 0],
    [0, r, 0],
    [0, 0, s],
  ]
  return corners.map((corner) => voxelToPatient(affine, corner))
}

function describeMismatch(image: Grid, label: Grid): string | undefined {
  if (image.dimensions.join() !== label.dimensions.join()) {
    return `the label has ${label.dimensions.join(' x ')} voxels, the image ${image.dimensions.join(' x ')}`
  }
  const others = cornersOf(label)
  const apart = Math.max(
    ...cornersOf(image).map((corner, i) =>
      Math.hypot(...corner.map((mm, k) => mm - others[i]![k]!)),
    ),
  )
  return apart > placeTolerance
    ? `the grids of label and image differ, ${apart.toFixed(1)} mm apart at a corner`
    : undefined
}

function readCase(name: string, imagePath: string, labelPath: string): LabelledCase | LeftOut {
  const read = (what: string, path: string) => {
    try {
      return readNifti(readFileSync(path)).volume
    } catch (error) {
      throw new Error(`${what}: ${(error as Error).message}`)
    }
  }
  try {
    const volume = read('image', imagePath)
    const label = read('label', labelPath)
    const mismatch = describeMismatch(volume, label)
    if (mismatch !== undefined) return { case: name, reason: mismatch }
    const illegal = label.intensities.find((value) => value !== 0 && value !== 1 && value !== 2)
    if (illegal !== undefined) {
      return { case: name, reason: `the label contains ${illegal}; only 0, 1 and 2 are allowed` }
    }
    return { name, volume, truth: Uint8Array.from(label.intensities) }
  } catch (error) {
    return { case: name, reason: (error as Error).message }
  }
}

function listNiftis(folder: string): Map<string, string> {
  const files = readdirSync(folder).filter(isNifti).sort()
  return new Map(files.map((file) => [caseName(file), join(folder, file)]))
}

/** Throws a sentence unless the folder contains crops of the same names in images/ and labels/. */
function checkLayout(folder: string): void {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`${folder} is not a folder.`)
  }
  if (existsSync(join(folder, 'images')) && existsSync(join(folder, 'labels'))) return
  const heads = readdirSync(folder).some((file) => /_hippocampus\.nii(\.gz)?$/i.test(file))
  throw new Error(
    heads
      ? `${folder} contains whole heads (ID_t1 with ID_hippocampus). Only crops around one hippocampus can be evaluated, in images/ and labels/.`
      : `${folder} has no images/ and labels/ folders with NIfTI files of the same names.`,
  )
}

/** Names of cases, one per line; empty lines and lines that start with # are ignored. */
export function readFoldList(path: string): Set<string> {
  const lines = readFileSync(path, 'utf8').split('\n')
  return new Set(lines.map((line) => caseName(line.trim())).filter((name) => /^[^#]/.test(name)))
}

/**
 * Every case of a folder that can be scored, one after the other so that only one is in memory, and
 * every one that cannot, with the reason. `only` restricts both to these names. Throws a sentence for
 * a folder of another layout.
 */
export function* readCases(
  folder: string,
  only: ReadonlySet<string> | undefined,
): Generator<LabelledCase | LeftOut> {
  checkLayout(folder)
  const images = listNiftis(join(folder, 'images'))
  const labels = listNiftis(join(folder, 'labels'))
  const names = [...new Set([...images.keys(), ...labels.keys(), ...(only ?? [])])].sort()
  for (const name of names) {
    if (only !== undefined && !only.has(name)) continue
    const [image, label] = [images.get(name), labels.get(name)]
    if (image === undefined && label === undefined) {
      yield { case: name, reason: 'it is on the list, but there is neither image nor label' }
    } else if (image === undefined) yield { case: name, reason: 'there is a label, but no image' }
    else if (label === undefined) yield { case: name, reason: 'there is an image, but no label' }
    else yield readCase(name, image, label)
  }
}
