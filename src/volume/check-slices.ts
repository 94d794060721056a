import { HippoError } from '../errors.ts'
import type { SliceGeometry, SlicePlane, Vector3 } from './grid.ts'
import { dot, lengthOf } from './vector3.ts'

/** Cosines written with three decimals are up to this far from unit length and right angles. */
const cosineTolerance = 2e-3
/** Directions of one series differ by rounding at most: a thousandth is a 17th of a degree. */
const directionTolerance = 1e-3
const spacingTolerance = 1e-4

const finite = (values: readonly number[]) => values.every((value) => Number.isFinite(value))

function findGeometryFault(slice: SliceGeometry): string | undefined {
  const { rows, columns, pixelSpacing, imagePositionPatient, rowCosines, columnCosines } = slice
  if (!(Number.isInteger(rows) && Number.isInteger(columns) && rows > 0 && columns > 0)) {
    return 'has no rows or columns'
  }
  if (!(finite(pixelSpacing) && pixelSpacing[0] > 0 && pixelSpacing[1] > 0)) {
    return `has the impossible pixel spacing ${pixelSpacing.join(' x ')} mm`
  }
  if (!finite(imagePositionPatient)) return 'has no usable position (ImagePositionPatient)'
  if (!finite([...rowCosines, ...columnCosines])) {
    return 'has no usable orientation (ImageOrientationPatient)'
  }
  const skewed =
    Math.abs(lengthOf(rowCosines) - 1) > cosineTolerance ||
    Math.abs(lengthOf(columnCosines) - 1) > cosineTolerance ||
    Math.abs(dot(rowCosines, columnCosines)) > cosineTolerance
  if (skewed) {
    return 'has an impossible orientation: its row and column directions are not unit vectors at right angles'
  }
  return undefined
}

/** Checks the pixels of one slice. Throws PIXEL_DATA_INVALID. */
export function checkIntensities(slice: SlicePlane): void {
  const expected = slice.rows * slice.columns
  if (slice.intensities.length !== expected) {
    throw new HippoError(
      'PIXEL_DATA_INVALID',
      `Slice ${slice.id} contains ${slice.intensities.length} pixels, but its header states ${expected}.`,
      { stage: 'assemble', details: { slice: slice.id } },
    )
  }
  // 0 times NaN or infinity is NaN: a single test for the millions of voxels of a head.
  const { intensities } = slice
  let nothing = 0
  for (let pixel = 0; pixel < intensities.length; pixel++) nothing += 0 * intensities[pixel]!
  if (!Number.isFinite(nothing)) {
    throw new HippoError(
      'PIXEL_DATA_INVALID',
      `Slice ${slice.id} contains pixel values that are not numbers.`,
      { stage: 'assemble', details: { slice: slice.id } },
    )
  }
}

const directionsDiffer = (a: Vector3, b: Vector3) =>
  a.some((value, i) => Math.abs(value - b[i]!) > directionTolerance)

function findDifference(slice: SliceGeometry, usual: SliceGeometry): string | undefined {
  if (slice.rows !== usual.rows || slice.columns !== usual.columns) {
    return `is ${slice.columns} x ${slice.rows} pixels, but the others are ${usual.columns} x ${usual.rows}`
  }
  if (slice.pixelSpacing.some((s, i) => Math.abs(s - usual.pixelSpacing[i]!) > spacingTolerance)) {
    return `has pixels of ${slice.pixelSpacing.join(' x ')} mm, but the others have ${usual.pixelSpacing.join(' x ')} mm`
  }
  if (
    directionsDiffer(slice.rowCosines, usual.rowCosines) ||
    directionsDiffer(slice.columnCosines, usual.columnCosines)
  ) {
    return 'has a different orientation from the others'
  }
  return undefined
}

/** Limits the comparisons among thousands of different slices. */
const candidates = 20

/** The slice most others agree with, so that the odd one is reported. */
function findUsual(slices: readonly SliceGeometry[]): SliceGeometry {
  const agreeing = (usual: SliceGeometry) =>
    slices.filter((slice) => findDifference(slice, usual) === undefined).length
  const stride = Math.max(1, Math.floor(slices.length / candidates))
  const usual = slices.find(
    (slice, index) => index % stride === 0 && agreeing(slice) * 2 > slices.length,
  )
  return usual ?? slices[0]!
}

/** Checks that slices share size and direction. Throws GEOMETRY_MIXED, naming one that differs. */
export function checkDirections(slices: readonly SliceGeometry[]): void {
  const usual = findUsual(slices)
  const odd = slices.filter((slice) => findDifference(slice, usual) !== undefined)
  if (odd[0] !== undefined) {
    throw new HippoError(
      'GEOMETRY_MIXED',
      `The series mixes images that do not belong in one volume: slice ${odd[0].id} ${findDifference(odd[0], usual)} (${odd.length} of ${slices.length} slices differ).`,
      { details: { slice: odd[0].id, differing: odd.length, slices: slices.length } },
    )
  }
}

/**
 * Checks the geometry of each slice and the consistency of all. Throws GEOMETRY_INVALID or
 * GEOMETRY_MIXED, naming the slice at fault.
 */
export function checkSlices(slices: readonly SliceGeometry[]): void {
  for (const slice of slices) {
    const fault = findGeometryFault(slice)
    if (fault !== undefined) {
      throw new HippoError('GEOMETRY_INVALID', `Slice ${slice.id} ${fault}.`, {
        details: { slice: slice.id },
      })
    }
  }
  checkDirections(slices)
}
