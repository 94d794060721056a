import { calibrateDistribution } from './calibrate-distribution.ts'
import type { NormativeComparison } from './compare-with-norms.ts'
import { expectVolume } from './expected-volume.ts'
import { quantileOf } from './normal-distribution.ts'
import type { Norms } from './norms.ts'
import { findEndOfNorms } from './where-norms-end.ts'

/** Percentiles a nomogram draws. */
export const bandPercentiles = [2.5, 10, 25, 50, 75, 90, 97.5] as const

/** Volumes at these percentiles over age, mm3 on the model's scale, for this sex and head size. */
export interface NormBands {
  readonly side: 'left' | 'right'
  readonly points: readonly { readonly age: number; readonly volumesMm3: readonly number[] }[]
}

const stepYears = 1

/**
 * The bands a nomogram shows for the person of a comparison, for each year of age in which the
 * norms are valid.
 */
export function traceNormBands(
  norms: Norms,
  { person, calibration, sides }: Extract<NormativeComparison, { compared: true }>,
): readonly NormBands[] {
  const { minimum, maximum } = norms.ages
  const count = Math.floor((maximum - minimum) / stepYears) + 1
  const zs = bandPercentiles.map((percent) => quantileOf(percent / 100))
  const ages = Array.from({ length: count }, (_, index) => minimum + index * stepYears).filter(
    (ageYears) => findEndOfNorms(norms, { ...person, ageYears }) === undefined,
  )
  return sides.map(({ side }) => ({
    side,
    points: ages.map((ageYears) => {
      const at = { ...person, ageYears, side }
      const theirs = expectVolume(norms, side, at)!
      const expected = calibrateDistribution(theirs, calibration, calibration.whole, at)
      return { age: ageYears, volumesMm3: zs.map((z) => expected.volumeAt(z)) }
    }),
  }))
}
