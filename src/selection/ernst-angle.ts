import type { SeriesFacts } from './series-facts.ts'

/** T1 of white matter, milliseconds, from this field strength (tesla) on; Stanisz 2005, Rooney 2007. */
const whiteMatterT1: readonly (readonly [tesla: number, milliseconds: number])[] = [
  [5, 1200],
  [2.5, 850],
  [1.2, 650],
  [0, 450],
]
/** Used if the field strength is not stated. */
const usualT1 = 850

function findT1(fieldStrength: number | undefined): number {
  // Some scanners write gauss (15000) instead of tesla.
  const tesla =
    fieldStrength !== undefined && fieldStrength > 100 ? fieldStrength / 1e4 : fieldStrength
  if (tesla === undefined || !(tesla > 0.1 && tesla < 15)) return usualT1
  return whiteMatterT1.find(([from]) => tesla >= from)?.[1] ?? usualT1
}

/**
 * The flip angle at which a spoiled gradient echo of this repetition time gives white matter the
 * most signal (Ernst and Anderson 1966), degrees, and the flip angle as a multiple of it: above 1
 * it weights by T1, well below by proton density. Undefined if the times, or a flip angle from 0 to
 * 180, are unknown.
 */
export function readErnstAngle({
  repetitionTime,
  flipAngle,
  magneticFieldStrength,
}: Pick<SeriesFacts, 'repetitionTime' | 'flipAngle' | 'magneticFieldStrength'>) {
  const isKnown = repetitionTime !== undefined && repetitionTime > 0
  const ernstAngle = isKnown
    ? (Math.acos(Math.exp(-repetitionTime / findT1(magneticFieldStrength))) * 180) / Math.PI
    : undefined
  const isAngle = flipAngle !== undefined && flipAngle > 0 && flipAngle < 180
  return {
    ernstAngle,
    flipAngleToErnstAngle: ernstAngle && isAngle ? flipAngle / ernstAngle : undefined,
  }
}
