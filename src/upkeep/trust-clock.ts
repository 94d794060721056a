import type { JobStore } from '../queue/job-store.ts'

export interface ClockTrustOptions {
  readonly store: Pick<JobStore, 'readMark' | 'writeMark'>
  /** Epoch milliseconds. */
  readonly clock: () => number
  /** Monotonic clock, milliseconds of any origin. */
  readonly monotonicClock: () => number
}

const mark = 'housekeeping/clock'
const day = 86_400_000
/** A jump of more than this between two checks, in either direction, is not trusted. */
const largestStep = 2 * day

/**
 * Whether the clock can be trusted for removals: with a clock set ahead by years, everything would
 * be old. After a jump since the last check, by this or an earlier process, it is trusted again
 * after a day of steady running.
 */
export function createClockTrust(options: ClockTrustOptions): () => Promise<boolean> {
  const { store, clock, monotonicClock } = options
  let doubted: { readonly since: number; readonly at: number } | undefined

  return async () => {
    const [now, elapsed] = [clock(), monotonicClock()]
    const seen = await store.readMark(mark)
    const isStep = seen !== undefined && Math.abs(now - Number(seen)) > largestStep
    if (isStep) {
      // Another jump during that day starts it again.
      const hasRun = doubted && Math.abs(now - doubted.at - (elapsed - doubted.since)) < day / 24
      if (!doubted || !hasRun) doubted = { since: elapsed, at: now }
      if (elapsed - doubted.since < day) return false
    }
    doubted = undefined
    await store.writeMark(mark, String(now))
    return true
  }
}
