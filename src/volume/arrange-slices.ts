import { HippoError } from '../errors.ts'
import { checkSlices } from './check-slices.ts'
import { checkSpacing } from './check-spacing.ts'
import type { Grid, SliceGeometry } from './grid.ts'
import { composeAffine } from './patient-affine.ts'
import { cross, dot, normalize, scale, subtract } from './vector3.ts'

/** A grid and, for each of its slices, the index of the given slice. */
export interface ArrangedSlices {
  readonly grid: Grid
  readonly order: readonly number[]
}

/** The same limit as for image files (nifti/decompress.ts): 512 x 512 x 512. */
const mostVoxels = 2 ** 27

/**
 * Sorts slices along the normal of the image plane (row x column direction), so that the grid is
 * right-handed; names, numbers and the order of arrival have no influence. The step between slices
 * comes from their positions, not from SliceThickness. Does not read pixels.
 *
 * Throws TOO_FEW_SLICES, GEOMETRY_INVALID, GEOMETRY_MIXED, SLICES_DUPLICATED, SLICES_TILTED,
 * SLICES_MISSING, and PIXEL_DATA_INVALID for more voxels than accepted.
 */
export function arrangeSlices(
  slices: readonly SliceGeometry[],
  minimumSlices: number,
): ArrangedSlices {
  const [first] = slices
  if (first === undefined || slices.length < minimumSlices) {
    throw new HippoError(
      'TOO_FEW_SLICES',
      `The series has ${slices.length} ${slices.length === 1 ? 'slice' : 'slices'}; at least ${minimumSlices} are needed to measure a volume.`,
      { details: { slices: slices.length, minimumSlices } },
    )
  }
  checkSlices(slices)
  const rowCosines = normalize(first.rowCosines)
  const columnCosines = normalize(first.columnCosines)
  const normal = normalize(cross(rowCosines, columnCosines))
  const distances = slices.map((slice) => dot(slice.imagePositionPatient, normal))
  const order = slices.map((_, i) => i).sort((a, b) => distances[a]! - distances[b]!)
  const sorted = order.map((i) => slices[i]!)
  checkSpacing(sorted, normal)
  const bottom = sorted[0]!
  const top = sorted[sorted.length - 1]!
  const { rows, columns } = first
  if (columns * rows * sorted.length > mostVoxels) {
    throw new HippoError(
      'PIXEL_DATA_INVALID',
      `The series has ${sorted.length} slices of ${columns} x ${rows} pixels, more than is accepted.`,
      { stage: 'assemble' },
    )
  }
  const affine = composeAffine({
    imagePositionPatient: bottom.imagePositionPatient,
    rowCosines,
    columnCosines,
    pixelSpacing: first.pixelSpacing,
    sliceStep: scale(
      subtract(top.imagePositionPatient, bottom.imagePositionPatient),
      1 / (sorted.length - 1),
    ),
  })
  return { grid: { dimensions: [columns, rows, sorted.length], affine }, order }
}
