/**
 * What a model must make of known change. Decisions, not measurements (docs/models.md): a slope of 0.9 shows
 * a loss of 30 % as one of 27 %; a horn that grows without loss may feign 5 %, a year of Alzheimer's disease,
 * at most, and may hide 3 % at most.
 */
export const knownChangeLimits = {
  /** Rise of log measured over log true. */
  slope: [0.9, 1.1],
  /** Mean of measured after over before when only the temporal horn grew. */
  hornRatio: [0.95, 1.03],
} as const

const lies = (value: number, [low, high]: readonly [number, number]) =>
  value >= low && value <= high

export const isAcceptedSlope = (slope: number) => lies(slope, knownChangeLimits.slope)
export const isAcceptedHorn = (ratio: number) => lies(ratio, knownChangeLimits.hornRatio)
