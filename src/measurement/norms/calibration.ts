/**
 * How volumes of one structure by a model relate to the norms' volumes of a whole hippocampus. With
 * years = age - agePivot, litres = (intracranial volume - icvPivotMm3) / 1e6, and half = 1/2 on the right,
 * -1/2 on the left:
 * model's volume = ratio exp(right half + agePerYear years + icvPerLitre litres) norms' volume.
 */
export interface CalibrationFit {
  readonly ratio: number
  /** How much larger the right side comes out than the norms say, as a part of the volume. */
  readonly right: number
  readonly agePerYear: number
  readonly icvPerLitre: number
  /** Spread among healthy people over the norms' own residual. */
  readonly spread: number
  /** Of ln ratio, right, agePerYear, icvPerLitre, ln spread, in this order: five rows of five. */
  readonly covariance: readonly (readonly number[])[]
  /** How far sites differ (standard deviation), as a part of the volume. */
  readonly siteScatter: number
}

/** Of healthy people whom a model measured, against norms. Without one that fits, nothing is compared. */
export interface Calibration {
  /** Name in the model's manifest. */
  readonly model: string
  /** First version it holds for. */
  readonly from: string
  /** First version it no longer holds for; absent: all later ones. */
  readonly below?: string
  /** Way of estimating the intracranial volume it was made with; absent: it does not matter. */
  readonly icvVersion?: string
  readonly people: number
  readonly sites: number
  /** Years, of the people it was fitted to; beyond them it is an extrapolation. */
  readonly ages: { readonly minimum: number; readonly maximum: number }
  /** Years that the change with age is known for, where another calibration lent it; absent: `ages`. */
  readonly agesOfSlope?: { readonly minimum: number; readonly maximum: number }
  readonly agePivot: number
  readonly icvPivotMm3: number
  /** Standard error for each year beyond the ages, as a part of the volume. */
  readonly beyondAgesPerYear: number
  /** Standard deviation of one scan's volume when the same head is scanned again, as a part of it. */
  readonly scanDeviation: number
  readonly whole: CalibrationFit
  /** Absent where the parts were not measured. */
  readonly parts?: { readonly anterior: CalibrationFit; readonly posterior: CalibrationFit }
  /** A sentence on where it comes from. */
  readonly basis: string
}

/** No difference between a model and norms that were measured with it: no factor, no error. */
export const sameMethod: CalibrationFit = {
  ratio: 1,
  right: 0,
  agePerYear: 0,
  icvPerLitre: 0,
  spread: 1,
  covariance: Array.from({ length: 5 }, () => [0, 0, 0, 0, 0]),
  siteScatter: 0,
}

/** Where a calibration is asked. */
export interface CalibratedPlace {
  readonly side: 'left' | 'right'
  readonly ageYears: number
  /** Undefined for norms without head size. */
  readonly intracranialVolumeMm3: number | undefined
}

/** What each coefficient of the logarithm of the ratio is multiplied with at a place. */
export function factorsAt(
  { agePivot, icvPivotMm3 }: Pick<Calibration, 'agePivot' | 'icvPivotMm3'>,
  { side, ageYears, intracranialVolumeMm3 = icvPivotMm3 }: CalibratedPlace,
): readonly [number, number, number, number] {
  const half = side === 'right' ? 0.5 : -0.5
  return [1, half, ageYears - agePivot, (intracranialVolumeMm3 - icvPivotMm3) / 1e6]
}

/** Model's volume over that of the norms at a place. */
export function ratioAt(
  pivots: Pick<Calibration, 'agePivot' | 'icvPivotMm3'>,
  { ratio, right, agePerYear, icvPerLitre }: CalibrationFit,
  place: CalibratedPlace,
): number {
  const [, half, years, litres] = factorsAt(pivots, place)
  return ratio * Math.exp(right * half + agePerYear * years + icvPerLitre * litres)
}

/** Standard error of the ratio at a place, as a part of it, with what is beyond the ages. */
export function ratioErrorAt(
  calibration: Calibration,
  { covariance }: CalibrationFit,
  place: CalibratedPlace,
): number {
  const factors = factorsAt(calibration, place)
  let variance = 0
  for (const [row, one] of factors.entries()) {
    for (const [column, other] of factors.entries()) {
      variance += one * other * covariance[row]![column]!
    }
  }
  const { beyondAgesPerYear, agesOfSlope: ages = calibration.ages } = calibration
  const beyond = Math.max(ages.minimum - place.ageYears, place.ageYears - ages.maximum, 0)
  return Math.hypot(Math.sqrt(Math.max(0, variance)), beyond * beyondAgesPerYear)
}
