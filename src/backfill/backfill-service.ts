import { type ErrorRecord, HippoError } from '../errors.ts'
import type { JobState } from '../queue/job.ts'
import type { JobService } from '../queue/job-service.ts'
import { type Backfill, type BackfillState, noTally } from './backfill.ts'
import type { BackfillMarks } from './backfill-marks.ts'
import { addDays, type StudyQuery, toDay } from './study-query.ts'
import { beginWalk } from './walk-studies.ts'

/** A backfill as its users see it. */
export interface BackfillStatus {
  readonly id: string
  readonly state: BackfillState
  readonly query: StudyQuery
  readonly ratePerMinute: number
  /** Epoch milliseconds. */
  readonly createdAt: number
  readonly createdBy: string
  readonly finishedAt: number | undefined
  /** Studies that match the query or have not been checked yet, as far as known. */
  readonly total: number | undefined
  /** Studies of the archive that were checked. */
  readonly looked: number
  readonly found: number
  readonly passedOver: number
  readonly enqueued: number
  /** Found studies that are done: skipped, or their job has ended. */
  readonly ended: number
  /** Its jobs by state, without those that housekeeping has removed. */
  readonly counts: Readonly<Record<JobState, number>>
  /** Estimated from the rate so far; absent if unknown or not running. */
  readonly secondsLeft: number | undefined
  readonly error: ErrorRecord | undefined
}

export interface BackfillRequest {
  readonly query: StudyQuery
  readonly ratePerMinute: number
  readonly createdBy: string
}

/** Operations on backfills; throws BACKFILL_NOT_FOUND and BACKFILL_ENDED. */
export interface BackfillService {
  create(request: BackfillRequest): Promise<BackfillStatus>
  list(): Promise<readonly BackfillStatus[]>
  find(id: string): Promise<BackfillStatus>
  /** No further jobs are stored; queued ones are still processed. */
  pause(id: string): Promise<BackfillStatus>
  resume(id: string): Promise<BackfillStatus>
  /** Ends it for good and cancels its queued jobs; a running job continues. */
  cancel(id: string): Promise<BackfillStatus>
}

export interface BackfillServiceOptions {
  readonly marks: BackfillMarks
  readonly jobs: Pick<JobService, 'countByState' | 'list' | 'cancel'>
  /** Epoch milliseconds. */
  readonly clock: () => number
  readonly createId: () => string
}

function estimateSeconds(backfill: Backfill, total: number | undefined, ended: number) {
  const { state, worked, looked, found } = backfill
  if (state !== 'running' || total === undefined) return undefined
  // Studies that did not match took time as well.
  const done = ended + looked - found
  if (done <= 0 || worked <= 0) return undefined
  return Math.round((Math.max(0, total - ended) * worked) / done / 1_000)
}

function describe(backfill: Backfill, counts: Readonly<Record<JobState, number>>): BackfillStatus {
  const { looked, found, passedOver, enqueued, listed, place } = backfill
  const total = place === undefined ? found : listed && Math.max(found, listed - (looked - found))
  const ended = passedOver + Math.max(0, enqueued - counts.queued - counts.running)
  const { id, state, query, ratePerMinute, createdAt, createdBy, finishedAt, error } = backfill
  return {
    ...{ id, state, query, ratePerMinute, createdAt, createdBy, finishedAt, error },
    ...{ total, looked, found, passedOver, enqueued, ended, counts },
    secondsLeft: estimateSeconds(backfill, total, ended),
  }
}

const isEnded = ({ state }: Backfill) =>
  state === 'finished' || state === 'cancelled' || state === 'failed'

const pageSize = 200

/** Lists and controls backfills; the driver reads the state stored here. */
export function createBackfillService(options: BackfillServiceOptions): BackfillService {
  const { marks, jobs, clock } = options

  const tell = async (backfill: Backfill) =>
    describe(backfill, await jobs.countByState({ batch: backfill.id }))

  async function require(id: string): Promise<Backfill> {
    const backfill = await marks.find(id)
    if (backfill !== undefined) return backfill
    throw new HippoError('BACKFILL_NOT_FOUND', 'There is no backfill with this identifier.')
  }

  /** Changes the state; an ended backfill keeps its own. */
  async function setState(id: string, state: BackfillState): Promise<BackfillStatus> {
    const changed = await marks.change(id, (backfill) => {
      if (isEnded(backfill) && backfill.state !== state) {
        throw new HippoError(
          'BACKFILL_ENDED',
          `The backfill has already ended (${backfill.state}).`,
        )
      }
      if (backfill.state === state) return undefined
      const finishedAt = state === 'cancelled' ? clock() : undefined
      // Releases the lease and clears the wait.
      return { ...backfill, state, finishedAt, lease: undefined, next: undefined, failures: 0 }
    })
    return tell(changed ?? (await require(id)))
  }

  async function cancelWaiting(batch: string): Promise<void> {
    for (;;) {
      const page = await jobs.list({ batch, states: ['queued'], limit: pageSize, offset: 0 })
      for (const { id } of page.jobs) {
        await jobs.cancel(id).catch((error: unknown) => {
          // The job was claimed and ended concurrently.
          if (!(error instanceof HippoError) || error.code !== 'JOB_NOT_CANCELLABLE') throw error
        })
      }
      if (page.jobs.length < pageSize) return
    }
  }

  return {
    async create({ query, ratePerMinute, createdBy }) {
      const now = clock()
      const backfill: Backfill = {
        id: options.createId(),
        state: 'running',
        ...{ query, ratePerMinute, createdBy },
        createdAt: now,
        // In some time zones it is already tomorrow.
        until: addDays(toDay(now), 1),
        place: beginWalk(query),
        ...noTally,
        worked: 0,
        failures: 0,
      }
      await marks.add(backfill)
      return tell(backfill)
    },
    list: async () => Promise.all((await marks.list()).map(tell)),
    find: async (id) => tell(await require(id)),
    pause: (id) => setState(id, 'paused'),
    resume: (id) => setState(id, 'running'),
    async cancel(id) {
      await setState(id, 'cancelled')
      await cancelWaiting(id)
      return tell(await require(id))
    },
  }
}
