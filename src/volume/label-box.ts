import type { Grid, Vector3 } from './grid.ts'
import { voxelToPatient } from './patient-affine.ts'
import { toVector3 } from './vector3.ts'

function* labelledVoxels(labels: Uint8Array, [columns, rows]: Vector3): Generator<Vector3> {
  for (let index = 0; index < labels.length; index++) {
    if (labels[index] === 0) continue
    yield [
      index % columns,
      Math.floor(index / columns) % rows,
      Math.floor(index / (columns * rows)),
    ]
  }
}

/** Middle of the box around everything labelled, LPS millimetres; undefined when nothing is. */
export function middleOfLabels(labels: Uint8Array, { dimensions, affine }: Grid) {
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  const high = [-1, -1, -1]
  for (const voxel of labelledVoxels(labels, dimensions)) {
    for (let axis = 0; axis < 3; axis++) {
      low[axis] = Math.min(low[axis]!, voxel[axis]!)
      high[axis] = Math.max(high[axis]!, voxel[axis]!)
    }
  }
  if (high[0] === -1) return undefined
  const middle = low.map((value, axis) => (value + high[axis]!) / 2)
  return voxelToPatient(affine, toVector3(middle))
}

/** Share (0 to 1) of the labelled voxels that lie in the outermost layer of their grid. */
export function shareOnBorder(labels: Uint8Array, dimensions: Vector3): number {
  let labelled = 0
  let onBorder = 0
  for (const voxel of labelledVoxels(labels, dimensions)) {
    labelled++
    if (voxel.some((index, axis) => index === 0 || index === dimensions[axis]! - 1)) onBorder++
  }
  return labelled === 0 ? 0 : onBorder / labelled
}
