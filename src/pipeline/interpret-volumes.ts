import { type Asymmetry, measureAsymmetry } from '../measurement/asymmetry.ts'
import {
  compareWithNorms,
  type NormativeComparison,
} from '../measurement/norms/compare-with-norms.ts'
import type { Norms } from '../measurement/norms/norms.ts'
import { type NormBands, traceNormBands } from '../measurement/norms/trace-norm-bands.ts'
import type { MeasuredSeries } from '../measuring/measure-series.ts'

/**
 * Interpretation of volumes for this person: compared with norms, and the sides with each other.
 */
export interface Interpretation {
  readonly norms: NormativeComparison
  /** For the page; not kept on the job. */
  readonly normBands: readonly NormBands[] | undefined
  /** Undefined unless both sides were measured. */
  readonly asymmetry: Asymmetry | undefined
}

/** Known facts about the person. */
export interface MeasuredPerson {
  readonly ageYears: number | undefined
  readonly sex: 'F' | 'M' | 'O' | undefined
}

/**
 * Compares measured volumes with the norms for the person's age, sex and head size, and with each
 * other. `fieldStrength` is in tesla.
 */
export function interpretVolumes(
  measured: Pick<MeasuredSeries, 'volumes' | 'intracranialVolume'>,
  { ageYears, sex }: MeasuredPerson,
  fieldStrength: number | undefined,
  model: { readonly name: string; readonly version: string },
  norms: Norms,
): Interpretation {
  const { volumes, intracranialVolume } = measured
  const question = { volumes, ageYears, sex, intracranialVolume, fieldStrength, model }
  const compared = compareWithNorms(norms, question)
  const sides = compared.compared ? compared.sides : []
  const left = sides.find(({ side }) => side === 'left')?.expectedMm3
  const right = sides.find(({ side }) => side === 'right')?.expectedMm3
  const expected = left === undefined || right === undefined ? undefined : { left, right }
  return {
    norms: compared,
    normBands: compared.compared ? traceNormBands(norms, compared) : undefined,
    asymmetry: measureAsymmetry(volumes, norms.asymmetry, expected),
  }
}
