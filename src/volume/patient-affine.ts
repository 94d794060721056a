import { HippoError } from '../errors.ts'
import type { Affine, Vector3 } from './grid.ts'
import { cross, dot, lengthOf, normalize } from './vector3.ts'

/**
 * The affine of a stack of slices, voxel (column, row, slice) to LPS millimetres: equation C.7.6.2.1-1
 * of PS3.3, extended by the step from one slice to the next.
 */
export function composeAffine(stack: {
  /** Centre of the first voxel of the first slice, LPS millimetres. */
  readonly imagePositionPatient: Vector3
  readonly rowCosines: Vector3
  readonly columnCosines: Vector3
  /** Distance between rows, then between columns, millimetres (PS3.3 10.7.1.3). */
  readonly pixelSpacing: readonly [number, number]
  /** From the position of one slice to the next, LPS millimetres. */
  readonly sliceStep: Vector3
}): Affine {
  const { imagePositionPatient: origin, rowCosines, columnCosines, sliceStep } = stack
  const [betweenRows, betweenColumns] = stack.pixelSpacing
  const row = (i: 0 | 1 | 2) => [
    rowCosines[i] * betweenColumns,
    columnCosines[i] * betweenRows,
    sliceStep[i],
    origin[i],
  ]
  return [...row(0), ...row(1), ...row(2), 0, 0, 0, 1]
}

/** The step in LPS millimetres of one voxel along an axis: 0 columns, 1 rows, 2 slices, 3 the origin. */
export function affineColumn(affine: Affine, axis: number): Vector3 {
  return [affine[axis]!, affine[4 + axis]!, affine[8 + axis]!]
}

/** An affine from its three steps and its origin, all LPS millimetres. */
export function affineFromColumns(
  columns: readonly [Vector3, Vector3, Vector3],
  origin: Vector3,
): Affine {
  const row = (i: 0 | 1 | 2) => [columns[0][i], columns[1][i], columns[2][i], origin[i]]
  return [...row(0), ...row(1), ...row(2), 0, 0, 0, 1]
}

/**
 * Position of a voxel index (column, row, slice; fractions allowed) in the patient, LPS
 * millimetres.
 */
export function voxelToPatient(affine: Affine, voxel: Vector3): Vector3 {
  const at = (i: number) =>
    affine[i]! * voxel[0] + affine[i + 1]! * voxel[1] + affine[i + 2]! * voxel[2] + affine[i + 3]!
  return [at(0), at(4), at(8)]
}

/** Distances in millimetres between neighbouring columns, rows and slices. */
export function spacingOf(affine: Affine): Vector3 {
  return [
    lengthOf(affineColumn(affine, 0)),
    lengthOf(affineColumn(affine, 1)),
    lengthOf(affineColumn(affine, 2)),
  ]
}

/** Unit vector at right angles to the slices, on the right-hand side of (row, column direction). */
export function normalOf(affine: Affine): Vector3 {
  return normalize(cross(affineColumn(affine, 0), affineColumn(affine, 1)))
}

/** Determinant of the 3x3 part, cubic millimetres; negative for a left-handed grid. */
export function determinantOf(affine: Affine): number {
  return dot(cross(affineColumn(affine, 0), affineColumn(affine, 1)), affineColumn(affine, 2))
}

/** Volume of one voxel, cubic millimetres. */
export function voxelVolumeOf(affine: Affine): number {
  return Math.abs(determinantOf(affine))
}

/**
 * The inverse, LPS millimetres to voxel indices. Throws GEOMETRY_INVALID if the grid is flat (two of
 * its axes point the same way, or one has no length).
 */
export function invertAffine(affine: Affine): Affine {
  const x = affineColumn(affine, 0)
  const y = affineColumn(affine, 1)
  const z = affineColumn(affine, 2)
  const origin = affineColumn(affine, 3)
  const determinant = determinantOf(affine)
  if (!Number.isFinite(determinant) || Math.abs(determinant) < 1e-9) {
    throw new HippoError(
      'GEOMETRY_INVALID',
      'The voxels of the series have no extent in at least one direction.',
    )
  }
  const row = (numerator: Vector3) => {
    const r: Vector3 = [
      numerator[0] / determinant,
      numerator[1] / determinant,
      numerator[2] / determinant,
    ]
    return [...r, 0 - dot(r, origin)]
  }
  return [...row(cross(y, z)), ...row(cross(z, x)), ...row(cross(x, y)), 0, 0, 0, 1]
}

/** The composition of first, then second: the product second x first. */
export function chainAffines(first: Affine, second: Affine): Affine {
  const product: number[] = []
  for (let row = 0; row < 4; row++) {
    for (let column = 0; column < 4; column++) {
      let sum = 0
      for (let k = 0; k < 4; k++) sum += second[4 * row + k]! * first[4 * k + column]!
      product.push(sum)
    }
  }
  return product
}
