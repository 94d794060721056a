import type { JobStore } from '../queue/job-store.ts'

export interface ClockTrustOptions {
  readonly store: Pick<JobStore, 'readMark' | 'writeMark'>
  /** Epoch milliseconds. */
  readonly clock: () => number
  /** Milliseconds of any fixed origin that no setting of the clock moves. */
  readonly monotonicClock: () => number
}

const mark = 'housekeeping/clock'
const day = 86_400_000
/** A step of more than this between two looks, in either direction, is doubted. */
const largestStep = 2 * day

/**
 * Whether the clock may be believed for removing things: a clock set ahead by years would make everything
 * old. After a step since the last look, by this process or one before, it is believed once it has gone
 * on for a day.
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
