import { describe, expect, it } from 'vitest'
import { retryDelay } from '../../src/queue/retry-delay.ts'

const policy = { maximumAttempts: 8, baseMilliseconds: 1_000, maximumMilliseconds: 3_000 }

describe('the delay before a retry', () => {
  it.each([
    [1, 0, 500],
    [1, 0.5, 750],
    [1, 0.999, 1_000],
    [2, 0, 1_000],
    [2, 0.5, 1_500],
    [3, 0.5, 2_250],
    [30, 0.999, 2_999],
  ])('after attempt %i with the random number %d is %i ms', (attempts, random, expected) => {
    expect(Math.abs(retryDelay(policy, attempts, random) - expected)).toBeLessThanOrEqual(1)
  })
})
