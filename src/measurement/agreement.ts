/** The difference between two methods on the same cases, in the unit of the values. */
export interface Agreement {
  readonly cases: number
  readonly meanDifference: number
  /** 95 % interval of the mean difference; NaN for a single case. */
  readonly interval: readonly [number, number]
  /** Bland and Altman's limits: 95 % of differences are expected between them. */
  readonly limits: readonly [number, number]
}

const normal95 = 1.959964

/**
 * The 97.5th percentile of Student's t, by its expansion in the normal one (Abramowitz and Stegun
 * 26.7.5): within 1 % from 3 degrees of freedom on, 0.1 % from 6.
 */
export function studentQuantile(freedom: number): number {
  const z = normal95
  const first = (z ** 3 + z) / 4
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384
  return z + first / freedom + second / freedom ** 2 + third / freedom ** 3
}

/** Mean of paired differences with its interval, and the limits of agreement (Bland, Altman 1986). */
export function describeDifferences(differences: readonly number[]): Agreement {
  const cases = differences.length
  const mean = differences.reduce((sum, value) => sum + value, 0) / cases
  const squares = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const deviation = Math.sqrt(squares / (cases - 1))
  const half = (studentQuantile(cases - 1) * deviation) / Math.sqrt(cases)
  return {
    cases,
    meanDifference: mean,
    interval: [mean - half, mean + half],
    limits: [mean - normal95 * deviation, mean + normal95 * deviation],
  }
}
