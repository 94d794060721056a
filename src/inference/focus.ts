import type { Vector3 } from '../volume/grid.ts'
import { toVector3 } from '../volume/vector3.ts'

/** A box of voxels within a grid: first voxel and size, in the order of the grid's axes. */
export interface Box {
  readonly start: Vector3
  readonly size: Vector3
}

/** Index of the first voxel of each row of a box in its grid, row by row. */
function* rowsOf({ start, size }: Box, grid: Vector3): Generator<number> {
  for (let k = 0; k < size[2]; k++) {
    for (let j = 0; j < size[1]; j++) {
      yield start[0] + grid[0] * (start[1] + j + grid[1] * (start[2] + k))
    }
  }
}

/** The values of a grid within a box. */
export function cutBox(values: Float32Array, grid: Vector3, box: Box): Float32Array {
  const cut = new Float32Array(box.size[0] * box.size[1] * box.size[2])
  let at = 0
  for (const row of rowsOf(box, grid)) {
    cut.set(values.subarray(row, row + box.size[0]), at)
    at += box.size[0]
  }
  return cut
}

/** A grid with the values of a box, and one value everywhere else. */
export function placeBox(values: Float32Array, grid: Vector3, box: Box, outside: number) {
  const placed = new Float32Array(grid[0] * grid[1] * grid[2]).fill(outside)
  let at = 0
  for (const row of rowsOf(box, grid)) {
    placed.set(values.subarray(at, at + box.size[0]), row)
    at += box.size[0]
  }
  return placed
}

/** First and last labelled voxel along each axis. Undefined when nothing is labelled. */
function findExtent(labels: Uint8Array, grid: Vector3) {
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  const high = [-1, -1, -1]
  for (let index = 0; index < labels.length; index++) {
    if (labels[index] === 0) continue
    const voxel = [
      index % grid[0],
      Math.floor(index / grid[0]) % grid[1],
      Math.floor(index / (grid[0] * grid[1])),
    ]
    for (let axis = 0; axis < 3; axis++) {
      low[axis] = Math.min(low[axis]!, voxel[axis]!)
      high[axis] = Math.max(high[axis]!, voxel[axis]!)
    }
  }
  return high[0] === -1 ? undefined : { low, high }
}

/**
 * The box of the given size around the centre of the labels, shifted at the grid's edges and
 * cropped if it is larger than the grid. Undefined when nothing is labelled.
 */
export function boxAround(labels: Uint8Array, grid: Vector3, wanted: Vector3): Box | undefined {
  const extent = findExtent(labels, grid)
  if (extent === undefined) return undefined
  const { low, high } = extent
  const size = wanted.map((length, axis) => Math.min(length, grid[axis]!))
  const start = size.map((length, axis) => {
    const centred = Math.round((low[axis]! + high[axis]! + 1 - length) / 2)
    return Math.max(0, Math.min(grid[axis]! - length, centred))
  })
  return { start: toVector3(start), size: toVector3(size) }
}

/** The bounding box of the labels plus a margin on each side, cropped to the grid. */
export function boxWithMargin(labels: Uint8Array, grid: Vector3, margin: number): Box | undefined {
  const extent = findExtent(labels, grid)
  if (extent === undefined) return undefined
  const start = extent.low.map((first) => Math.max(0, first - margin))
  const size = extent.high.map(
    (last, axis) => Math.min(grid[axis]! - 1, last + margin) - start[axis]! + 1,
  )
  return { start: toVector3(start), size: toVector3(size) }
}
