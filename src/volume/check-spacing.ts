import { HippoError } from '../errors.ts'
import type { SliceGeometry, Vector3 } from './grid.ts'
import { dot, lengthOf, scale, subtract } from './vector3.ts'

/** Positions closer than this are the same position: scanners write 0.001 mm or finer. */
const samePosition = 0.01
/** Gaps may differ by the rounding of positions to 0.01 mm and by 1 % of the step. */
const gapTolerance = (step: number) => 0.01 + 0.01 * step
/**
 * Sideways drift of a straight stack comes only from rounding: cosines of three decimals drift by
 * 0.2 % of the distance (0.1 degrees). A tilted gantry drifts by tens of times that.
 */
const driftTolerance = (distance: number) => 0.02 + 0.002 * distance

const mm = (value: number) => `${Number(value.toFixed(2))} mm`

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]!
}

function rejectDuplicates(sorted: readonly SliceGeometry[], distances: readonly number[]): void {
  const repeated = sorted.flatMap((_, i) =>
    i > 0 && distances[i]! - distances[i - 1]! < samePosition ? [i] : [],
  )
  const [first] = repeated
  if (first === undefined) return
  throw new HippoError(
    'SLICES_DUPLICATED',
    `${repeated.length} of ${sorted.length} slices have the same position as another slice; the first at ${mm(distances[first]!)} along the stack (${sorted[first - 1]!.id} and ${sorted[first]!.id}). The series may contain two acquisitions or a repeated transfer.`,
    { details: { duplicates: repeated.length, slices: sorted.length, atMm: distances[first] } },
  )
}

function rejectTilt(
  sorted: readonly SliceGeometry[],
  distances: readonly number[],
  normal: Vector3,
): void {
  const origin = sorted[0]!.imagePositionPatient
  for (const [i, slice] of sorted.entries()) {
    const distance = distances[i]! - distances[0]!
    const offset = subtract(slice.imagePositionPatient, origin)
    const drift = lengthOf(subtract(offset, scale(normal, distance)))
    if (drift > driftTolerance(distance)) {
      throw new HippoError(
        'SLICES_TILTED',
        `The slices are not stacked along their normal: at ${mm(distances[i]!)} along the stack a slice (${slice.id}) is shifted sideways by ${mm(drift)}. Tilted or sheared stacks are not measured.`,
        { details: { slice: slice.id, atMm: distances[i], shiftMm: drift } },
      )
    }
  }
}

function rejectGaps(sorted: readonly SliceGeometry[], distances: readonly number[]): void {
  const gaps = distances.slice(1).map((distance, i) => distance - distances[i]!)
  const step = median(gaps)
  const odd = gaps.flatMap((gap, i) => (Math.abs(gap - step) > gapTolerance(step) ? [i] : []))
  const [first] = odd
  if (first === undefined) return
  const gap = gaps[first]!
  const from = mm(distances[first]!)
  const to = mm(distances[first + 1]!)
  const missing = Math.round(gap / step) - 1
  const whole =
    missing >= 1 && Math.abs(gap - (missing + 1) * step) <= (missing + 1) * gapTolerance(step)
  throw new HippoError(
    'SLICES_MISSING',
    whole
      ? `The series is incomplete: ${missing} ${missing === 1 ? 'slice is' : 'slices are'} missing between ${from} and ${to} along the stack, with a slice spacing of ${mm(step)}.`
      : `The slices are not evenly spaced: they are ${mm(step)} apart, but ${mm(gap)} between ${from} and ${to} along the stack (${odd.length} such places).`,
    {
      details: {
        fromMm: distances[first],
        toMm: distances[first + 1],
        stepMm: step,
        gapMm: gap,
        places: odd.length,
        slices: sorted.length,
      },
    },
  )
}

/**
 * Checks that slices sorted along the unit normal are distinct, straight above each other and evenly
 * spaced. Throws SLICES_DUPLICATED, SLICES_TILTED or SLICES_MISSING, saying where in millimetres:
 * the distance of the slice plane from the patient frame's origin along the normal, which viewers show
 * as slice location.
 */
export function checkSpacing(sorted: readonly SliceGeometry[], normal: Vector3): void {
  const distances = sorted.map((slice) => dot(slice.imagePositionPatient, normal))
  rejectDuplicates(sorted, distances)
  rejectTilt(sorted, distances, normal)
  rejectGaps(sorted, distances)
}
