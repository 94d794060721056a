import type { Calibration } from './calibration.ts'
import type { NormsSource } from './norms.ts'

const percent = (share: number, digits = 0) => `${(100 * share).toFixed(digits)} %`

/**
 * Describes the calibration and the errors in its intervals, for all outputs. The norms cover only
 * whole hippocampi: a `part` is stated as a share of the whole.
 */
export function describeCalibration(
  { whole, parts, people, sites, ages }: Calibration,
  { method }: Pick<NormsSource, 'method'>,
  part?: 'anterior' | 'posterior',
): string {
  const fit = part === undefined ? whole : parts?.[part]
  if (fit === undefined) throw new TypeError(`This calibration has no fit for the ${part} part.`)
  const error = Math.sqrt(Math.max(0, fit.covariance[0]![0]!))
  const reach = 1.96 * error
  const share = `${percent(fit.ratio, 1)} (95 % ${percent(fit.ratio * (1 - reach), 1)} to ${percent(fit.ratio * (1 + reach), 1)})`
  const who =
    people > 0
      ? ` Calibrated with ${people} healthy people of ${sites} ${sites === 1 ? 'site' : 'sites'}, ${ages.minimum} to ${ages.maximum} years old.`
      : ''
  const measures =
    part === undefined
      ? `This model measures ${share} of the volumes of ${method}.`
      : `The ${part} part that this model measures is ${share} of the whole hippocampus of ${method}.`
  return `${measures}${who} ${intervalSentence}`
}

/** The errors included in the 95 % intervals of z-score and percentile. */
export const intervalSentence =
  'The 95 % intervals include the errors of this calibration, of the head size, between sites (scanners) and between repeated scans, but not a wrong outline.'

/** A sentence if a person is older or younger than those of the calibration; else undefined. */
export function explainBeyondAges(
  { agesOfSlope, ...calibration }: Calibration,
  ageYears: number,
): string | undefined {
  const ages = agesOfSlope ?? calibration.ages
  if (ageYears >= ages.minimum && ageYears <= ages.maximum) return undefined
  const side = ageYears > ages.maximum ? 'over' : 'under'
  const limit = ageYears > ages.maximum ? ages.maximum : ages.minimum
  return `The calibration included nobody ${side} ${limit} years: the percentile is an extrapolation, and its interval is wider.`
}
