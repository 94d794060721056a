import type { Vector3 } from '../volume/grid.ts'

/** What tells of a mask, on a grid of 1 mm, whether to trust it. */
export interface CertaintySigns {
  /** Share (0 to 1) of the mask that is hippocampus with less than 70 %. */
  readonly unsureShare: number
  /**
   * Standard deviation of the intensities inside the mask without its outermost voxels, over that of all
   * that is not zero in the box around the mask with four voxels more on each side: free of the images'
   * scale.
   */
  readonly intensitySpread: number
}

const sure = 0.7
const margin = 4
/** Of a mask without inside, or in a flat box: as uneven as what surrounds it. */
const noSpread = 1

/** Calls `visit` with each of the six neighbours of a voxel within the grid; gives how many there are. */
function visitNeighbours(
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

function deviationOf(intensities: Float32Array, voxels: readonly number[]): number {
  let sum = 0
  for (const voxel of voxels) sum += intensities[voxel]!
  const mean = sum / voxels.length
  let squares = 0
  for (const voxel of voxels) {
    const deviation = intensities[voxel]! - mean
    squares += deviation * deviation
  }
  return Math.sqrt(squares / voxels.length)
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

/** Voxels of the box around the mask, with a margin, that are not zero: zero is outside of the images. */
function findAround(
  intensities: Float32Array,
  dimensions: Vector3,
  mask: readonly number[],
): number[] {
  const [columns, rows, slices] = dimensions
  let [first, last]: [Vector3, Vector3] = [dimensions, [-1, -1, -1]]
  for (const voxel of mask) {
    const at = [
      voxel % columns,
      Math.floor(voxel / columns) % rows,
      Math.floor(voxel / (columns * rows)),
    ]
    first = first.map((low, axis) => Math.min(low, at[axis]!)) as unknown as Vector3
    last = last.map((high, axis) => Math.max(high, at[axis]!)) as unknown as Vector3
  }
  const from = first.map((low) => Math.max(0, low - margin))
  const to = [columns, rows, slices].map((length, axis) =>
    Math.min(length - 1, last[axis]! + margin),
  )
  const around: number[] = []
  for (let slice = from[2]!; slice <= to[2]!; slice++) {
    for (let row = from[1]!; row <= to[1]!; row++) {
      for (let column = from[0]!; column <= to[0]!; column++) {
        const voxel = column + columns * (row + rows * slice)
        if (intensities[voxel] !== 0) around.push(voxel)
      }
    }
  }
  return around
}

/**
 * Signs of doubt about a label map of 1 mm voxels, the same as read_signs of
 * models/training/hippotrain/confidence.py. `background` holds each voxel's probability to be none.
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
  const around = findAround(intensities, dimensions, mask)
  const surroundings = around.length === 0 ? 0 : deviationOf(intensities, around)
  return {
    unsureShare: mask.length === 0 ? 1 : unsure / mask.length,
    intensitySpread:
      inside.length === 0 || surroundings === 0
        ? noSpread
        : deviationOf(intensities, inside) / surroundings,
  }
}
