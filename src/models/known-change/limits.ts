/**
 * Limits for known change; chosen, not measured (docs/models.md). A slope of 0.9 shows a loss of 30
 * % as one of 27 %; an enlarged horn without loss may simulate a loss of at most 5 %, a year of
 * Alzheimer's disease, and hide at most 3 %.
 */
export const knownChangeLimits = {
  /** Slope of log measured against log true. */
  slope: [0.9, 1.1],
  /** Mean of measured after over before when only the temporal horn grew. */
  hornRatio: [0.95, 1.03],
} as const

const lies = (value: number, [low, high]: readonly [number, number]) =>
  value >= low && value <= high

export const isAcceptedSlope = (slope: number) => lies(slope, knownChangeLimits.slope)
export const isAcceptedHorn = (ratio: number) => lies(ratio, knownChangeLimits.hornRatio)
