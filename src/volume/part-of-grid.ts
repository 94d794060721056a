import type { Grid, Vector3, Volume } from './grid.ts'
import { chainAffines, invertAffine, voxelToPatient } from './patient-affine.ts'
import { toVector3 } from './vector3.ts'
import { visitRows } from './visit-rows.ts'

/** A box of whole voxels of a grid: its first voxel in the grid, and itself as a grid. */
export interface GridPart {
  readonly start: Vector3
  readonly grid: Grid
}

const corners = [0, 1, 2, 3, 4, 5, 6, 7]

/**
 * The smallest part of a grid that holds every voxel centre within a box of any orientation;
 * undefined if they do not overlap.
 */
export function partWithin(grid: Grid, box: Grid): GridPart | undefined {
  const toVoxel = chainAffines(box.affine, invertAffine(grid.affine))
  const reached = corners.map((corner) =>
    voxelToPatient(
      toVoxel,
      toVector3(box.dimensions.map((n, axis) => ((corner >> axis) & 1 ? n - 0.5 : -0.5))),
    ),
  )
  const start: number[] = []
  const size: number[] = []
  for (let axis = 0; axis < 3; axis++) {
    const along = reached.map((voxel) => voxel[axis]!)
    const first = Math.max(0, Math.ceil(Math.min(...along)))
    const last = Math.min(grid.dimensions[axis]! - 1, Math.floor(Math.max(...along)))
    if (last < first) return undefined
    start.push(first)
    size.push(last - first + 1)
  }
  const first = toVector3(start)
  const origin = voxelToPatient(grid.affine, first)
  const affine = grid.affine.map((value, index) =>
    index % 4 === 3 && index < 12 ? origin[(index - 3) / 4]! : value,
  )
  return { start: first, grid: { dimensions: toVector3(size), affine } }
}

/** Calls `visit` with the index in the part and in the whole grid of each voxel of a part. */
export function visitPart(
  { start, grid: { dimensions } }: GridPart,
  whole: Grid,
  visit: (inPart: number, inWhole: number) => void,
): void {
  const [columns, rows] = whole.dimensions
  let index = 0
  for (let k = 0; k < dimensions[2]; k++) {
    for (let j = 0; j < dimensions[1]; j++) {
      let at = start[0] + columns * (start[1] + j + rows * (start[2] + k))
      for (let i = 0; i < dimensions[0]; i++) visit(index++, at++)
    }
  }
}

/** The intensities of a part of a volume, as a separate volume. */
export function cutPart(volume: Volume, part: GridPart): Volume {
  const [columns, rows] = volume.dimensions
  const [width, height, depth] = part.grid.dimensions
  const [i, j, k] = part.start
  const intensities = new Float32Array(width * height * depth)
  for (let row = 0; row < height * depth; row++) {
    const at = i + columns * (j + (row % height) + rows * (k + Math.floor(row / height)))
    intensities.set(volume.intensities.subarray(at, at + width), row * width)
  }
  return { ...part.grid, intensities }
}

/** Share (0 to 1) of a box's voxel centres that lie within a grid, half a voxel around its centres. */
export function shareWithin(box: Grid, grid: Grid): number {
  const [columns, rows, slices] = grid.dimensions
  let inside = 0
  visitRows(grid, box, ({ length, start, step }) => {
    for (let voxel = 0; voxel < length; voxel++) {
      const x = step[0] * voxel + start[0]
      const y = step[1] * voxel + start[1]
      const z = step[2] * voxel + start[2]
      if (x < -0.5 || y < -0.5 || z < -0.5) continue
      if (x <= columns - 0.5 && y <= rows - 0.5 && z <= slices - 0.5) inside++
    }
  })
  return inside / box.dimensions.reduce((a, b) => a * b)
}
