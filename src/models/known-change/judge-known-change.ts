import type { Requirement } from '../acceptance.ts'
import { fitChangeSlope } from './change-slope.ts'
import { type FollowedCase, followedGrowths, followedLosses } from './follow-known-change.ts'
import { isAcceptedHorn, isAcceptedSlope, knownChangeLimits } from './limits.ts'
import { simulatorNames } from './simulators.ts'

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length
const range = ([low, high]: readonly [number, number]) => `${low} to ${high}`

/**
 * Compares a model's measurements of known change with the limits (pure). Without any case both
 * requirements are missed.
 */
export function judgeKnownChange(cases: readonly FollowedCase[]): {
  requirements: Requirement[]
  figures: Record<string, unknown>
} {
  const slopes = simulatorNames.map((simulator) => ({
    simulator,
    ...fitChangeSlope(cases.flatMap(({ losses }) => losses[simulator])),
  }))
  const horns = followedGrowths.map((mm) => ({
    mm,
    ratio: mean(
      cases.flatMap(({ hornRatios }) =>
        hornRatios.filter((one) => one.mm === mm).map(({ ratio }) => ratio),
      ),
    ),
  }))
  const ratios = Object.fromEntries(
    simulatorNames.map((simulator) => [
      simulator,
      followedLosses.map((left, index) => ({
        left,
        measured: mean(
          cases.map(({ losses }) => {
            const [before, ...after] = losses[simulator]
            return after[index]!.measuredMm3 / before!.measuredMm3
          }),
        ),
      })),
    ]),
  )
  const shownSlopes = slopes.map(({ simulator, slope }) => `${slope.toFixed(2)} (${simulator})`)
  const shownHorns = horns.map(({ mm, ratio }) => `${ratio.toFixed(3)} (${mm} mm)`)
  const none = cases.length === 0
  return {
    requirements: [
      {
        name: 'ATROPHY_SLOPE',
        met: !none && slopes.every(({ slope }) => isAcceptedSlope(slope)),
        sentence: none
          ? 'A known loss could not be simulated in any crop.'
          : `On ${cases.length} crops with a known simulated loss, the slope of log measured against log true volume is ${shownSlopes.join(' and ')}; each simulator requires ${range(knownChangeLimits.slope)}, otherwise the model understates or exaggerates atrophy.`,
      },
      {
        name: 'HORN_GROWTH',
        met: !none && horns.every(({ ratio }) => isAcceptedHorn(ratio)),
        sentence: none
          ? 'A larger temporal horn could not be simulated in any crop.'
          : `With an enlarged temporal horn and no loss, it measures ${shownHorns.join(' and ')} of the original volume; ${range(knownChangeLimits.hornRatio)} is allowed.`,
      },
    ],
    figures: { knownChange: { crops: cases.length, slopes, ratios, horns } },
  }
}
