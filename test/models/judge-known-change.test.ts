import { describe, expect, it } from 'vitest'
import {
  type FollowedCase,
  followedLosses,
} from '../../src/models/known-change/follow-known-change.ts'
import { judgeKnownChange } from '../../src/models/known-change/judge-known-change.ts'

/** Cases of which a model sees every true ratio as that ratio to a power. */
function seenAs(anchored: number, flow: number, horn: number): FollowedCase[] {
  return ['a', 'b', 'c'].map((name, person) => {
    const whole = 3000 + 400 * person
    const measured = (power: number) =>
      [1, ...followedLosses].map((left) => ({
        case: name,
        trueMm3: whole * left,
        measuredMm3: whole * left ** power,
      }))
    return {
      case: name,
      losses: { anchored: measured(anchored), flow: measured(flow) },
      hornRatios: [
        { mm: 2, ratio: 1 },
        { mm: 4, ratio: horn },
      ],
    }
  })
}
const failedOf = (cases: readonly FollowedCase[]) =>
  judgeKnownChange(cases)
    .requirements.filter(({ met }) => !met)
    .map(({ name }) => name)

describe('what a model makes of known change', () => {
  it('is accepted if it measures nearly all of it and is not misled by the horn', () => {
    expect(failedOf(seenAs(0.93, 1.08, 0.96))).toEqual([])
  })

  it('is rejected if either simulator shows understatement', () => {
    expect(failedOf(seenAs(1, 0.85, 1))).toEqual(['ATROPHY_SLOPE'])
    expect(failedOf(seenAs(0.85, 1, 1))).toEqual(['ATROPHY_SLOPE'])
  })

  it('is rejected if it exaggerates', () => {
    expect(failedOf(seenAs(1.15, 1, 1))).toEqual(['ATROPHY_SLOPE'])
  })

  it('is rejected if a growing horn looks like a loss, or hides one', () => {
    expect(failedOf(seenAs(1, 1, 0.94))).toEqual(['HORN_GROWTH'])
    expect(failedOf(seenAs(1, 1, 1.04))).toEqual(['HORN_GROWTH'])
  })

  it('is rejected without any case', () => {
    expect(failedOf([])).toEqual(['ATROPHY_SLOPE', 'HORN_GROWTH'])
  })

  it('is reported with its figures', () => {
    const { figures, requirements } = judgeKnownChange(seenAs(0.5, 1, 1))
    expect(requirements[0]!.sentence).toContain('0.54 (anchored)')
    const seen = followedLosses.map((left) => ({ left, measured: expect.closeTo(left, 9) }))
    expect(figures).toMatchObject({ knownChange: { crops: 3, ratios: { flow: seen } } })
  })
})
