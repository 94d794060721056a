import type { Grid, Vector3 } from '../volume/grid.ts'
import { affineFromColumns } from '../volume/patient-affine.ts'
import { scale } from '../volume/vector3.ts'
import type { HeadLocalization } from './head-localization.ts'

/**
 * A grid of 1 mm voxels along the head's own axes around a centre (LPS mm): columns grow towards
 * superior, rows towards anterior, slices towards right, which is the model's own order of axes.
 * `sizeMm` is along right, anterior, superior; each is rounded to whole voxels.
 */
export function planCropBox(
  { headAxes }: Pick<HeadLocalization, 'headAxes'>,
  center: Vector3,
  sizeMm: Vector3,
): Grid {
  const { right, anterior, superior } = headAxes
  const dimensions: Vector3 = [Math.round(sizeMm[2]), Math.round(sizeMm[1]), Math.round(sizeMm[0])]
  const steps = [superior, anterior, right] as const
  const back = steps.map((step, axis) => scale(step, -(dimensions[axis]! - 1) / 2))
  const first = [0, 1, 2].map((i) => back.reduce((sum, step) => sum + step[i]!, center[i]!))
  return { dimensions, affine: affineFromColumns(steps, [first[0]!, first[1]!, first[2]!]) }
}
