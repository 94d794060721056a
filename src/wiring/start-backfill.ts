import type { Archive } from '../archive/archive.ts'
import { openBackfillMarks } from '../backfill/backfill-marks.ts'
import { type BackfillService, createBackfillService } from '../backfill/backfill-service.ts'
import { type BackfillLog, createBackfillDriver } from '../backfill/drive-backfill.ts'
import type { JobService } from '../queue/job-service.ts'
import type { JobStore } from '../queue/job-store.ts'
import { runPeriodically } from '../upkeep/run-periodically.ts'

export interface BackfillOptions {
  readonly store: JobStore
  readonly jobs: JobService
  readonly archive: Archive
  /** Unique name of this process. */
  readonly owner: string
  /** Maximum number of queued or running jobs of one backfill. */
  readonly maximumAhead: number
  /** A backfill without a heartbeat for this long is taken over by another process. */
  readonly leaseMilliseconds: number
  readonly clock: () => number
  readonly createId: () => string
  readonly log: BackfillLog & { error(facts: object, message: string): void }
}

const turnEveryMilliseconds = 1_000

/** Backfills for the API, and their driver: each is driven by one process. */
export function startBackfill(options: BackfillOptions): {
  readonly backfills: BackfillService
  stop(): Promise<void>
} {
  const { store, archive, owner, maximumAhead, leaseMilliseconds, clock, createId, log } = options
  const marks = openBackfillMarks(store)
  const jobs = {
    ...options.jobs,
    currentResults: (orthancStudyId: string) => store.currentResults(orthancStudyId),
  }
  const monotonicClock = () => performance.now()
  const driver = createBackfillDriver({
    ...{ marks, jobs, archive, owner, maximumAhead, leaseMilliseconds },
    ...{ clock, monotonicClock, log },
  })
  const stopping = new AbortController()
  const turns = runPeriodically(
    () => driver.turn(stopping.signal),
    turnEveryMilliseconds,
    (error) => log.error({ err: error }, 'The backfills could not be processed.'),
  )
  return {
    backfills: createBackfillService({ marks, jobs, clock, createId }),
    async stop() {
      stopping.abort(new Error('the service is stopping'))
      await turns.stop()
    },
  }
}
