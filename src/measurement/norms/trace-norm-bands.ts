import { adaptToMethod } from './adapt-to-method.ts'
import type { NormativeComparison } from './compare-with-norms.ts'
import { expectVolume } from './expected-volume.ts'
import { quantileOf } from './normal-distribution.ts'
import type { Norms } from './norms.ts'

/** Percentiles a nomogram draws. */
export const bandPercentiles = [2.5, 10, 25, 50, 75, 90, 97.5] as const

/** Volumes at these percentiles over age, mm3 on the model's scale, for this sex and head size. */
export interface NormBands {
  readonly side: 'left' | 'right'
  readonly points: readonly { readonly age: number; readonly volumesMm3: readonly number[] }[]
}

const stepYears = 1

/** The bands a nomogram shows for the person of a comparison, each year of the norms' ages. */
export function traceNormBands(
  norms: Norms,
  comparison: Extract<NormativeComparison, { compared: true }>,
): readonly NormBands[] {
  const { minimum, maximum } = norms.ages
  const count = Math.floor((maximum - minimum) / stepYears) + 1
  const zs = bandPercentiles.map((percent) => quantileOf(percent / 100))
  return comparison.sides.map(({ side }) => ({
    side,
    points: Array.from({ length: count }, (_, index) => {
      const age = minimum + index * stepYears
      const theirs = expectVolume(norms, side, { ...comparison.person, ageYears: age })!
      const expected = adaptToMethod(theirs, comparison.offset)
      return { age, volumesMm3: zs.map((z) => expected.volumeAt(z)) }
    }),
  }))
}
