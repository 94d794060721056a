import {
  type AxisOrder,
  findAxisOrder,
  invertAxisOrder,
  reorderGrid,
  reorderValues,
} from '../../volume/axis-order.ts'
import type { Grid, LabelMap, Volume } from '../../volume/grid.ts'
import { cutPart, type GridPart, visitPart } from '../../volume/part-of-grid.ts'
import { spacingOf, voxelToPatient } from '../../volume/patient-affine.ts'
import { toVector3 } from '../../volume/vector3.ts'

/**
 * The surroundings of one hippocampus on the image's own voxels: columns grow towards the lateral side,
 * rows towards anterior, slices towards superior (to the nearest axis of the grid), for either side.
 */
export interface HippocampusPatch {
  readonly grid: Grid
  readonly intensities: Float32Array
  /** 1 in the hippocampus, 0 elsewhere. */
  readonly label: Uint8Array
  /** Position of the patch in the image, and the order of its axes. */
  readonly part: GridPart
  readonly order: AxisOrder
}

/** Margin around the label, millimetres: up to the lateral ventricle, where fluid is sampled. */
const marginMm = 25

/**
 * Cuts out the surroundings of one hippocampus, marked by `values` in a label map on the volume's
 * grid. Throws a sentence if none of them is present.
 */
export function cutPatch(
  volume: Volume,
  { labels }: Pick<LabelMap, 'labels'>,
  values: readonly number[],
  side: 'left' | 'right',
): HippocampusPatch {
  const [columns, rows] = volume.dimensions
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  const high = [-1, -1, -1]
  for (let index = 0; index < labels.length; index++) {
    if (!values.includes(labels[index]!)) continue
    const at = [index % columns, Math.floor(index / columns) % rows, 0]
    at[2] = Math.floor(index / (columns * rows))
    for (let axis = 0; axis < 3; axis++) {
      low[axis] = Math.min(low[axis]!, at[axis]!)
      high[axis] = Math.max(high[axis]!, at[axis]!)
    }
  }
  if (high[0] === -1) throw new Error(`The ${side} hippocampus is not among the labels.`)
  const spacing = spacingOf(volume.affine)
  const margin = spacing.map((mm) => Math.ceil(marginMm / mm))
  const start = toVector3(low.map((at, axis) => Math.max(0, at - margin[axis]!)))
  const size = toVector3(
    high.map(
      (at, axis) => Math.min(volume.dimensions[axis]! - 1, at + margin[axis]!) - start[axis]! + 1,
    ),
  )
  const origin = voxelToPatient(volume.affine, start)
  const affine = volume.affine.map((value, index) =>
    index % 4 === 3 && index < 12 ? origin[(index - 3) / 4]! : value,
  )
  const part: GridPart = { start, grid: { dimensions: size, affine } }
  const order = findAxisOrder(affine, [side === 'left' ? 'L' : 'R', 'A', 'S'])
  const label = new Uint8Array(size[0] * size[1] * size[2])
  visitPart(part, volume, (inPart, inWhole) => {
    label[inPart] = values.includes(labels[inWhole]!) ? 1 : 0
  })
  return {
    grid: reorderGrid(part.grid, order),
    intensities: reorderValues(cutPart(volume, part).intensities, size, order),
    label: reorderValues(label, size, order),
    part,
    order,
  }
}

/** A copy of the volume with other intensities in the patch. */
export function placePatch(
  volume: Volume,
  { grid, part, order }: HippocampusPatch,
  changed: Float32Array,
): Volume {
  const back = reorderValues(changed, grid.dimensions, invertAxisOrder(order))
  const intensities = volume.intensities.slice()
  visitPart(part, volume, (inPart, inWhole) => {
    intensities[inWhole] = back[inPart]!
  })
  return { ...volume, intensities }
}
