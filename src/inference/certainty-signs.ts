import { dropZeros } from '../volume/drop-zeros.ts'
import type { Vector3 } from '../volume/grid.ts'
import { boxWithMargin, cutBox } from './focus.ts'

/** Signs of how reliable a mask is, on a grid of 1 mm. */
export interface CertaintySigns {
  /** Share (0 to 1) of the mask that is hippocampus with less than 70 %. */
  readonly unsureShare: number
  /**
   * Standard deviation of the intensities inside the mask without its outermost voxels, over that
   * of the nonzero voxels in the box around the mask plus four voxels on each side: independent of
   * the images' scale.
   */
  readonly intensitySpread: number
}

const sure = 0.7
const margin = 4
/** For a mask without interior, or a flat box: as uneven as its surroundings. */
const noSpread = 1

/**
 * Calls `visit` with each of the six neighbours of a voxel within the grid; returns their number.
 */
export function visitNeighbours(
  voxel: number,
  [columns, rows, slices]: Vector3,
  visit: (neighbour: number) => void,
): number {
  const column = voxel % columns
  const row = Math.floor(voxel / columns) % rows
  const slice = Math.floor(voxel / (columns * rows))
  let count = 0
  const take = (neighbour: number) => {
    count++
    visit(neighbour)
  }
  if (column > 0) take(voxel - 1)
  if (column < columns - 1) take(voxel + 1)
  if (row > 0) take(voxel - columns)
  if (row < rows - 1) take(voxel + columns)
  if (slice > 0) take(voxel - columns * rows)
  if (slice < slices - 1) take(voxel + columns * rows)
  return count
}

/** Standard deviation; 0 for an empty list. */
function deviationOf(values: Float32Array): number {
  if (values.length === 0) return 0
  let sum = 0
  for (const value of values) sum += value
  const mean = sum / values.length
  let squares = 0
  for (const value of values) squares += (value - mean) * (value - mean)
  return Math.sqrt(squares / values.length)
}

/** Voxels whose six neighbours all lie in the mask. */
function findInside(labels: Uint8Array, dimensions: Vector3, mask: readonly number[]): number[] {
  return mask.filter((voxel) => {
    let labelled = 0
    visitNeighbours(voxel, dimensions, (neighbour) => {
      if (labels[neighbour]! > 0) labelled++
    })
    return labelled === 6
  })
}

/** Intensities in the box around the mask that are not zero: zero is outside of the images. */
function readAround(labels: Uint8Array, intensities: Float32Array, dimensions: Vector3) {
  const box = boxWithMargin(labels, dimensions, margin)
  return box === undefined ? new Float32Array(0) : dropZeros(cutBox(intensities, dimensions, box))
}

/**
 * Signs of doubt about a label map of 1 mm voxels, the same as read_signs of
 * models/training/hippotrain/confidence.py. `background` is each voxel's probability of background.
 */
export function readSigns(
  labels: Uint8Array,
  background: Float32Array,
  intensities: Float32Array,
  dimensions: Vector3,
): CertaintySigns {
  const mask: number[] = []
  for (let voxel = 0; voxel < labels.length; voxel++) if (labels[voxel]! > 0) mask.push(voxel)
  const unsure = mask.filter((voxel) => 1 - background[voxel]! < sure).length
  const inside = findInside(labels, dimensions, mask)
  const surroundings = deviationOf(readAround(labels, intensities, dimensions))
  const values = Float32Array.from(inside, (voxel) => intensities[voxel]!)
  return {
    unsureShare: mask.length === 0 ? 1 : unsure / mask.length,
    intensitySpread:
      inside.length === 0 || surroundings === 0 ? noSpread : deviationOf(values) / surroundings,
  }
}
