import { quantileOf } from '../../src/measurement/norms/normal-distribution.ts'
import type { PlacedVolume } from '../../src/measurement/norms/place-volume.ts'
import type { ScoredPerson, ScoredSide } from './score-people.ts'

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
const deviation = (values: readonly number[]) =>
  Math.sqrt(
    values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1),
  )
const share = (values: readonly number[], isCounted: (z: number) => boolean) =>
  `${((100 * values.filter(isCounted).length) / values.length).toFixed(0)} %`
const signed = (value: number) => `${value >= 0 ? '+' : ''}${value.toFixed(2)}`
const fifth = quantileOf(0.05)

export const scoreHeader = [
  'group',
  'n',
  'mean z of both sides: before',
  'after',
  'sd: before',
  'after',
  'sd of single sides: after',
  'sides under the 5th: before',
  'after',
  'over the 95th: before',
  'after',
]

/** One line of the comparison table. */
export function tabulateScores(name: string, people: readonly ScoredPerson[]): string[] {
  if (people.length === 0) return [name, '0', ...Array.from({ length: 9 }, () => '-')]
  const sides = people.flatMap(({ left, right }) => [left, right])
  const both = (of: (side: ScoredSide) => number) =>
    people.map(({ left, right }) => (of(left) + of(right)) / 2)
  const [before, after] = [both(({ formerZ }) => formerZ), both(({ zScore }) => zScore.value)]
  const singleBefore = sides.map(({ formerZ }) => formerZ)
  const singleAfter = sides.map(({ zScore }) => zScore.value)
  return [
    name,
    String(people.length),
    signed(mean(before)),
    signed(mean(after)),
    deviation(before).toFixed(2),
    deviation(after).toFixed(2),
    deviation(singleAfter).toFixed(2),
    share(singleBefore, (z) => z < fifth),
    share(singleAfter, (z) => z < fifth),
    share(singleBefore, (z) => z > -fifth),
    share(singleAfter, (z) => z > -fifth),
  ]
}

/**
 * Share of volumes within the range that 95 of 100 healthy people should lie in, widened by what the
 * calibration and a new site may be off by. Head size and scan are in the spread of people already.
 */
export function predictiveCoverage(placed: readonly PlacedVolume[]) {
  const inside = (reachOf: (one: PlacedVolume) => number) =>
    placed.filter((one) => Math.abs(one.zScore.value) <= reachOf(one)).length / placed.length
  return {
    n: placed.length,
    withErrors: inside(
      ({ errors, standardDeviationMm3 }) =>
        1.96 *
        Math.hypot(
          1,
          errors.calibrationMm3 / standardDeviationMm3,
          errors.siteMm3 / standardDeviationMm3,
        ),
    ),
    withoutErrors: inside(() => 1.96),
  }
}
