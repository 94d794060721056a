import { headLabels } from '../measurement/hippocampus-labels.ts'
import type { LabelMap, Vector3 } from '../volume/grid.ts'
import { findLabelledRange } from '../volume/labelled-range.ts'
import { voxelToPatient } from '../volume/patient-affine.ts'
import { toVector3 } from '../volume/vector3.ts'

function middleOf({ labels, dimensions, affine }: LabelMap, wanted: readonly number[]) {
  const [columns, rows] = dimensions
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  const high = [-1, -1, -1]
  const { first, end } = findLabelledRange(labels, wanted)
  for (let index = first; index < end; index++) {
    if (!wanted.includes(labels[index]!)) continue
    const at = [index % columns, Math.floor(index / columns) % rows, 0]
    at[2] = Math.floor(index / (columns * rows))
    for (let axis = 0; axis < 3; axis++) {
      low[axis] = Math.min(low[axis]!, at[axis]!)
      high[axis] = Math.max(high[axis]!, at[axis]!)
    }
  }
  if (high[0] === -1) return undefined
  return voxelToPatient(affine, toVector3(low.map((at, axis) => (at + high[axis]!) / 2)))
}

/** Middle of the box around each hippocampus of a head's label map, LPS mm; undefined without both. */
export function middlesOfOutlines(
  labelMap: LabelMap,
): { readonly left: Vector3; readonly right: Vector3 } | undefined {
  const of = (side: 'left' | 'right') => middleOf(labelMap, Object.values(headLabels[side]))
  const [left, right] = [of('left'), of('right')]
  return left && right && { left, right }
}
