import { setTimeout as sleep } from 'node:timers/promises'
import { openBackfillMarks } from '../backfill/backfill-marks.ts'
import type { JobStore } from '../queue/job-store.ts'
import { removeOld } from '../upkeep/remove-old.ts'
import { runPeriodically } from '../upkeep/run-periodically.ts'
import { createClockTrust } from '../upkeep/trust-clock.ts'

export interface HousekeepingOptions {
  readonly store: JobStore
  /** Folder of the pages. */
  readonly reports: string
  /** 0 keeps everything. */
  readonly retentionDays: number
  readonly clock: () => number
  readonly log: {
    info(facts: object, message: string): void
    warn(facts: object, message: string): void
  }
}

const everyMilliseconds = 3_600_000
const firstMilliseconds = 10_000

/** Removes what is older than RETENTION_DAYS, once an hour; several processes may do so at the same time. */
export function startHousekeeping(options: HousekeepingOptions): { stop(): Promise<void> } {
  const { store, reports, retentionDays, clock, log } = options
  if (retentionDays === 0) return { stop: async () => {} }
  const marks = openBackfillMarks(store)
  const stopping = new AbortController()
  const isTrusted = createClockTrust({ store, clock, monotonicClock: () => performance.now() })

  async function tidy(): Promise<void> {
    if (!(await isTrusted())) {
      log.warn({}, 'The clock has jumped: nothing is removed until it has run steadily for a day.')
      return
    }
    const before = clock() - retentionDays * 86_400_000
    const removed = await removeOld({ store, marks, reports, before })
    if (Object.values(removed).some((count) => count > 0)) {
      log.info({ ...removed, retentionDays }, 'Old jobs and pages were removed.')
    }
  }
  let isFirst = true
  async function tidyLater(): Promise<void> {
    // The service listens first: removing a backlog may take minutes.
    if (isFirst) await sleep(firstMilliseconds, undefined, { signal: stopping.signal })
    isFirst = false
    await tidy()
  }
  const turns = runPeriodically(
    tidyLater,
    everyMilliseconds,
    (error) =>
      stopping.signal.aborted ||
      log.warn({ err: error }, 'Old jobs and pages could not be removed; it will be retried.'),
  )
  return {
    async stop() {
      stopping.abort()
      await turns.stop()
    },
  }
}
