import type { JobStore } from '../queue/job-store.ts'

export interface HookWatchOptions {
  readonly store: Pick<JobStore, 'list'>
  /** Epoch milliseconds. */
  readonly clock: () => number
  readonly log: { warn(facts: object, message: string): void }
}

const day = 86_400_000
/**
 * Number of studies found only by the sweep before a warning: a restart of Orthanc loses one or two
 * calls.
 */
const fewest = 3

/**
 * Gets the number of studies found by each sweep and warns (at most once a day) if several were
 * found and the hook has reported none for a day: then it is not loaded, replaced by another
 * script, or cannot reach us.
 */
export function warnWithoutHook({ store, clock, log }: HookWatchOptions) {
  let found = 0
  let warnedAt = Number.NEGATIVE_INFINITY
  return async (enqueued: number): Promise<void> => {
    found += enqueued
    if (found < fewest || clock() < warnedAt + day) return
    const query = { triggers: ['hook'], createdFrom: clock() - day, isCounted: false } as const
    const { jobs } = await store.list({ ...query, limit: 1, offset: 0 })
    if (jobs.length === 0) {
      warnedAt = clock()
      log.warn(
        { found },
        "Only the sweep finds studies: Orthanc's hook has sent no notification for a day. Check that lua/on-stable-study.lua is loaded and can reach this service.",
      )
    }
    found = 0
  }
}
