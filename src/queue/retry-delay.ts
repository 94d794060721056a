/** When a failed attempt is retried, and when no longer. */
export interface RetryPolicy {
  readonly maximumAttempts: number
  readonly baseMilliseconds: number
  readonly maximumMilliseconds: number
}

/**
 * Milliseconds to wait after the given number of attempts: doubles each time up to the maximum,
 * with jitter between half of it and all of it, so that jobs that failed together (an archive that
 * went down) are not retried together.
 * @param random a number in [0, 1)
 */
export function retryDelay(policy: RetryPolicy, attempts: number, random: number): number {
  const doubled = policy.baseMilliseconds * 2 ** Math.max(0, attempts - 1)
  const ceiling = Math.min(policy.maximumMilliseconds, doubled)
  return Math.round(ceiling * (0.5 + random / 2))
}
