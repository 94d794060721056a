import type { Calibration } from './calibration.ts'
import type { NormsSource } from './norms.ts'

const percent = (share: number, digits = 0) => `${(100 * share).toFixed(digits)} %`

/** How a model's volumes were put on the norms, and what its intervals carry; for every output. */
export function describeCalibration(
  { whole, people, sites, ages }: Calibration,
  { method }: Pick<NormsSource, 'method'>,
): string {
  const error = Math.sqrt(Math.max(0, whole.covariance[0]![0]!))
  const reach = 1.96 * error
  const range = `95 % ${percent(whole.ratio * (1 - reach), 1)} to ${percent(whole.ratio * (1 + reach), 1)}`
  const who =
    people > 0
      ? ` Calibrated with ${people} healthy people of ${sites} ${sites === 1 ? 'site' : 'sites'}, ${ages.minimum} to ${ages.maximum} years old.`
      : ''
  return `This model measures ${percent(whole.ratio, 1)} (${range}) of what ${method} does.${who} ${intervalSentence}`
}

/** What the 95 % intervals of z-score and percentile carry. */
export const intervalSentence =
  'The 95 % intervals carry the errors of this calibration, of the head size, of the site (scanners differ) and of the scan (repeats differ), not a wrong outline.'

/** Said where a person is older or younger than those of the calibration; undefined where not. */
export function explainBeyondAges(
  { agesOfSlope, ...calibration }: Calibration,
  ageYears: number,
): string | undefined {
  const ages = agesOfSlope ?? calibration.ages
  if (ageYears >= ages.minimum && ageYears <= ages.maximum) return undefined
  const side = ageYears > ages.maximum ? 'over' : 'under'
  const limit = ageYears > ages.maximum ? ages.maximum : ages.minimum
  return `Nobody ${side} ${limit} years was in the calibration: the percentile is an extrapolation, and its interval is wider.`
}
