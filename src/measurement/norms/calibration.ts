import { type Static, Type } from 'typebox'
import type { ReadOnly } from '../../read-only.ts'

const strict = { additionalProperties: false }
const version = { pattern: '^[0-9]+\\.[0-9]+\\.[0-9]+$' }

/** A range of numbers in a file of norms. */
export const range = (description?: string) =>
  Type.Object(
    { minimum: Type.Number(), maximum: Type.Number() },
    { ...strict, ...(description !== undefined && { description }) },
  )

const calibrationFit = Type.Object(
  {
    ratio: Type.Number({ minimum: 0.1, maximum: 3 }),
    right: Type.Number({
      minimum: -0.3,
      maximum: 0.3,
      description:
        'How much larger the right side measures than the norms state, as a fraction of the volume.',
    }),
    agePerYear: Type.Number({ minimum: -0.02, maximum: 0.02 }),
    icvPerLitre: Type.Number({ minimum: -1, maximum: 1 }),
    spread: Type.Number({
      minimum: 0.3,
      maximum: 3,
      description: "Spread among healthy people relative to the norms' own residual.",
    }),
    covariance: Type.Array(Type.Array(Type.Number(), { minItems: 5, maxItems: 5 }), {
      minItems: 5,
      maxItems: 5,
      description:
        'Of ln ratio, right, agePerYear, icvPerLitre and ln spread, in this order: five rows of five.',
    }),
    siteScatter: Type.Number({
      minimum: 0,
      maximum: 0.5,
      description: 'Standard deviation between sites, as a fraction of the volume.',
    }),
  },
  strict,
)

/** One entry of `calibrations` in a file of norms. */
export const calibration = Type.Object(
  {
    model: Type.String({ minLength: 1, description: "Name in the model's manifest." }),
    from: Type.String({ ...version, description: 'First version it applies to.' }),
    below: Type.Optional(
      Type.String({
        ...version,
        description: 'First version it no longer applies to; absent: all later versions apply.',
      }),
    ),
    icvVersion: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Version of the intracranial volume estimate it was made with; absent: any.',
      }),
    ),
    people: Type.Integer({ minimum: 0 }),
    sites: Type.Integer({ minimum: 0 }),
    ages: range(
      'Age range in years of the people it was fitted to; beyond it, it is an extrapolation.',
    ),
    agesOfSlope: Type.Optional(
      range(
        'Age range of the change with age if it comes from another calibration; absent: `ages`.',
      ),
    ),
    agePivot: Type.Number(),
    icvPivotMm3: Type.Number(),
    beyondAgesPerYear: Type.Number({
      minimum: 0,
      maximum: 0.1,
      description: 'Standard error for each year beyond the ages, as a fraction of the volume.',
    }),
    scanDeviation: Type.Number({
      minimum: 0,
      maximum: 0.2,
      description:
        'Standard deviation of repeated scans of the same head, as a fraction of the volume.',
    }),
    whole: calibrationFit,
    parts: Type.Optional(
      Type.Object(
        { anterior: calibrationFit, posterior: calibrationFit },
        { ...strict, description: 'Absent where the parts were not measured.' },
      ),
    ),
    basis: Type.String({ minLength: 1, description: 'A sentence that states its origin.' }),
  },
  strict,
)

/**
 * Relation of a model's volumes of one structure to the norms' volumes of a whole hippocampus. With
 * years = age - agePivot, litres = (intracranial volume - icvPivotMm3) / 1e6, and half = 1/2 on the
 * right, -1/2 on the left: model's volume = ratio exp(right half + agePerYear years + icvPerLitre
 * litres) norms' volume.
 */
export type CalibrationFit = ReadOnly<Static<typeof calibrationFit>>

/**
 * Fitted to healthy people measured with a model, relative to norms. Without a matching one there
 * is no comparison.
 */
export type Calibration = ReadOnly<Static<typeof calibration>>

/** The identity, for norms that were measured with the model itself: no factor, no error. */
export const sameMethod: CalibrationFit = {
  ratio: 1,
  right: 0,
  agePerYear: 0,
  icvPerLitre: 0,
  spread: 1,
  covariance: Array.from({ length: 5 }, () => [0, 0, 0, 0, 0]),
  siteScatter: 0,
}

/** Arguments of a calibration. */
export interface CalibratedPlace {
  readonly side: 'left' | 'right'
  readonly ageYears: number
  /** Undefined for norms without head size. */
  readonly intracranialVolumeMm3: number | undefined
}

/** Factors of the coefficients of the log ratio at given arguments. */
export function factorsAt(
  { agePivot, icvPivotMm3 }: Pick<Calibration, 'agePivot' | 'icvPivotMm3'>,
  { side, ageYears, intracranialVolumeMm3 = icvPivotMm3 }: CalibratedPlace,
): readonly [number, number, number, number] {
  const half = side === 'right' ? 0.5 : -0.5
  return [1, half, ageYears - agePivot, (intracranialVolumeMm3 - icvPivotMm3) / 1e6]
}

/** Model's volume divided by that of the norms at given arguments. */
export function ratioAt(
  pivots: Pick<Calibration, 'agePivot' | 'icvPivotMm3'>,
  { ratio, right, agePerYear, icvPerLitre }: CalibrationFit,
  place: CalibratedPlace,
): number {
  const [, half, years, litres] = factorsAt(pivots, place)
  return ratio * Math.exp(right * half + agePerYear * years + icvPerLitre * litres)
}

/**
 * Relative standard error of the ratio at given arguments, including extrapolation beyond the ages.
 */
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
