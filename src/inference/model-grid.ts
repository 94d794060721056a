import { HippoError } from '../errors.ts'
import {
  type AxisOrder,
  findAxisOrder,
  invertAxisOrder,
  reorderGrid,
  reorderValues,
} from '../volume/axis-order.ts'
import type { Grid, Vector3, Volume } from '../volume/grid.ts'
import {
  affineColumn,
  affineFromColumns,
  spacingOf,
  voxelToPatient,
} from '../volume/patient-affine.ts'
import { sampleTrilinear } from '../volume/resample.ts'
import { dot, normalize, scale, toVector3 } from '../volume/vector3.ts'

/**
 * The mapping between a source grid and the model's grid. A model's tensor [right, anterior,
 * superior] in C order is a grid whose columns grow towards superior, rows towards anterior and
 * slices towards right: with the axes in that order a volume's intensities are the tensor as they
 * lie in memory.
 */
export interface ModelGridPlan {
  readonly source: Grid
  readonly order: AxisOrder
  /** The source's own voxels, with axes (superior, anterior, right). */
  readonly oriented: Grid
  /** 1 mm along each axis; the same as `oriented` if that already has this spacing. */
  readonly model: Grid
}

/** Spacings this close to 1 mm are used unchanged. */
const spacingTolerance = 1e-3
const angleTolerance = 0.01
const smallestSideMm = 20
/** Sides are compared to half a millimetre: 20 slices of 0.999 mm are a side of 20 mm. */
const sideTolerance = 0.5
const largestSideMm = 128
const headSideMm = 100

const describe = (extent: Vector3) => `${extent.map((mm) => Math.round(mm)).join(' x ')} mm`

function checkGrid(grid: Grid): void {
  const steps = [0, 1, 2].map((axis) => normalize(affineColumn(grid.affine, axis)))
  const skew = Math.max(
    Math.abs(dot(steps[0]!, steps[1]!)),
    Math.abs(dot(steps[1]!, steps[2]!)),
    Math.abs(dot(steps[2]!, steps[0]!)),
  )
  if (!(skew <= angleTolerance)) {
    throw new HippoError(
      'GEOMETRY_INVALID',
      'The axes of the volume are not at right angles; sheared volumes cannot be measured.',
      { stage: 'infer', details: { skew } },
    )
  }
  const spacing = spacingOf(grid.affine)
  const extent = toVector3(spacing.map((mm, i) => mm * grid.dimensions[i]!))
  const details = { extentMm: describe(extent) }
  if (extent.every((mm) => mm >= headSideMm - sideTolerance)) {
    throw new HippoError(
      'CROP_UNSUITABLE',
      `The series covers ${describe(extent)}, as a whole head does. A crop around one hippocampus is needed.`,
      { details },
    )
  }
  if (extent.some((mm) => mm > largestSideMm + sideTolerance)) {
    throw new HippoError(
      'CROP_UNSUITABLE',
      `The series covers ${describe(extent)}; a crop around one hippocampus is at most ${largestSideMm} mm long.`,
      { details },
    )
  }
  if (extent.some((mm) => mm < smallestSideMm - sideTolerance)) {
    throw new HippoError(
      'CROP_UNSUITABLE',
      `The series covers only ${describe(extent)}; a crop that holds a whole hippocampus is at least ${smallestSideMm} mm along every side.`,
      { details },
    )
  }
}

/** A grid of 1 mm voxels on the same axes around the same centre. */
function planOneMillimetre(grid: Grid): Grid {
  const spacing = spacingOf(grid.affine)
  const kept = spacing.map((mm) => Math.abs(mm - 1) <= spacingTolerance)
  if (kept.every(Boolean)) return grid
  const along = (i: 0 | 1 | 2) => {
    const count = grid.dimensions[i]
    if (kept[i]) return { count, first: 0, step: affineColumn(grid.affine, i) }
    // A small tolerance, because 23 slices of 1.5 mm must give 35 although the spacing is rounded.
    const resampled = Math.max(1, Math.floor(count * spacing[i] + 0.5 + 1e-6))
    return {
      count: resampled,
      first: (count - 1) / 2 - (resampled - 1) / 2 / spacing[i],
      step: scale(affineColumn(grid.affine, i), 1 / spacing[i]),
    }
  }
  const [a, b, c] = [along(0), along(1), along(2)]
  return {
    dimensions: [a.count, b.count, c.count],
    affine: affineFromColumns(
      [a.step, b.step, c.step],
      voxelToPatient(grid.affine, [a.first, b.first, c.first]),
    ),
  }
}

/**
 * Plans the model's grid for a crop: the source's own axes in the order nearest to the model's, at
 * 1 mm, so that an oblique crop is not rotated and a crop at 1 mm is not interpolated. Throws
 * CROP_UNSUITABLE if it is not a crop around one hippocampus, GEOMETRY_INVALID for sheared grids.
 */
export function planModelGrid(source: Grid): ModelGridPlan {
  checkGrid(source)
  const order = findAxisOrder(source.affine, ['S', 'A', 'R'])
  const oriented = reorderGrid(source, order)
  return { source, order, oriented, model: planOneMillimetre(oriented) }
}

/** Share of the greatest intensity: less than this after interpolation is a rounding error of 0. */
const residue = 1e-5

/** Interpolated intensities with rounding residues set to zero. */
export function clearResidue(sampled: Float32Array): Float32Array {
  const smallest = residue * sampled.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return sampled.map((value) => (Math.abs(value) < smallest ? 0 : value))
}

/**
 * Intensities of the source on the model's grid. A sample at a voxel of 0 is exactly 0: rounding
 * must not change what counts as background.
 */
export function toModelGrid(volume: Volume, plan: ModelGridPlan): Float32Array {
  const oriented = reorderValues(volume.intensities, volume.dimensions, plan.order)
  if (plan.model === plan.oriented) return oriented
  return clearResidue(sampleTrilinear(oriented, plan.oriented, plan.model, 'nearest'))
}

/** Values on the model's grid (of one class) interpolated at the source's voxels. */
export function toSourceGrid(values: Float32Array, plan: ModelGridPlan): Float32Array {
  const oriented =
    plan.model === plan.oriented
      ? values
      : sampleTrilinear(values, plan.model, plan.oriented, 'nearest')
  return reorderValues(oriented, plan.oriented.dimensions, invertAxisOrder(plan.order))
}
