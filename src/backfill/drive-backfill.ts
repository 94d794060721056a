import type { Archive } from '../archive/archive.ts'
import { recordError, toHippoError } from '../errors.ts'
import type { JobService } from '../queue/job-service.ts'
import type { JobStore } from '../queue/job-store.ts'
import {
  addTallies,
  type Backfill,
  type BackfillTally,
  isDue,
  isHeldByOther,
  noTally,
} from './backfill.ts'
import {
  type BackfillLease,
  type BackfillLeaseOptions,
  createBackfillLease,
  TurnEnded,
} from './hold-backfill.ts'
import { enqueueStudy, findMatches } from './look-at-study.ts'
import { createStepReader, type StepReader } from './read-steps.ts'
import type { WalkStep } from './walk-studies.ts'

export interface BackfillLog {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
}

export interface DriveOptions extends BackfillLeaseOptions {
  readonly jobs: Pick<JobService, 'enqueue' | 'list' | 'countByState' | 'cancel'> &
    Pick<JobStore, 'currentResults'>
  readonly archive: Pick<
    Archive,
    'listStudies' | 'countStudies' | 'resolveStudies' | 'listSeriesDescriptions'
  >
  /** Maximum number of queued or running jobs of one backfill. */
  readonly maximumAhead: number
  /** Milliseconds of any fixed origin, for durations. */
  readonly monotonicClock: () => number
  readonly log: BackfillLog
}

/** Maximum duration of one turn, so that others get theirs. */
const turnLength = 5_000
/** Studies that need nothing are counted in batches, to save writes. */
const looksPerWrite = 20
const longestPause = 300_000
const longestLag = 2_000

/** A driver's options, its lease and its position in the walks. */
interface Driver extends DriveOptions {
  readonly lease: BackfillLease
  readonly steps: StepReader
}

/**
 * When the next job may be stored: a short lag behind the rate, such as the pause between two
 * turns, is caught up.
 */
function waitForRate({ ratePerMinute, next }: Backfill, enqueued: number, now: number) {
  const wait = (enqueued * 60_000) / ratePerMinute
  const from = next !== undefined && next.at <= now ? Math.max(next.at, now - longestLag) : now
  return { at: from + wait, wait }
}

async function count(driver: Driver, backfill: Backfill, signal: AbortSignal): Promise<Backfill> {
  const { query, until, id } = backfill
  if (backfill.listed !== undefined || backfill.looked > 0) return backfill
  const days = { from: query.from, to: query.to ?? until }
  try {
    let listed = 0
    for (const patientId of query.patientIds ?? [undefined]) {
      listed += await driver.archive.countStudies({ ...days, patientId }, { signal })
    }
    return await driver.lease.keep(id, (now) => ({ ...now, listed }))
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof TurnEnded) throw error
    // Then only the remaining time is unknown; listing reports a real problem of the archive.
    driver.log.warn(
      { backfillId: id, err: error },
      'The studies of a backfill could not be counted.',
    )
    return backfill
  }
}

async function mayEnqueue(driver: Driver, backfill: Backfill): Promise<boolean> {
  if (!isDue(backfill.next, driver.clock())) return false
  const { queued, running } = await driver.jobs.countByState({ batch: backfill.id })
  return queued + running < driver.maximumAhead
}

async function handle(
  { archive, jobs }: Driver,
  { id, query }: Backfill,
  step: WalkStep,
  signal: AbortSignal,
): Promise<{ tally: BackfillTally; jobIds: readonly string[] }> {
  const matches = await findMatches(archive, query, step.studyInstanceUid, signal)
  const jobIds: string[] = []
  for (const study of matches) {
    const answer = await enqueueStudy(jobs, id, study)
    if (answer.kind === 'enqueued') jobIds.push(answer.jobId)
  }
  const tally = {
    // A UID shared by several patients counts as several studies.
    looked: Math.max(1, matches.length),
    found: matches.length,
    enqueued: jobIds.length,
    passedOver: matches.length - jobIds.length,
  }
  return { tally, jobIds }
}

/** A job stored concurrently with the cancellation was not cancelled with the others. */
async function withdraw(
  { marks, jobs }: Driver,
  id: string,
  jobIds: readonly string[],
): Promise<void> {
  if ((await marks.find(id))?.state !== 'cancelled') return
  for (const jobId of jobIds) await jobs.cancel(jobId).catch(() => {})
}

async function walkOn(driver: Driver, held: Backfill, signal: AbortSignal): Promise<Backfill> {
  const { lease, steps, clock, monotonicClock } = driver
  let backfill = held
  let place = held.place
  let tally = noTally
  const start = monotonicClock()

  const flush = async () => {
    const worked = steps.takeWorked(held)
    const [reached, done] = [place, tally]
    tally = noTally
    backfill = await lease.keep(held.id, (kept) => {
      const next = done.enqueued > 0 ? waitForRate(kept, done.enqueued, clock()) : kept.next
      const changed = { ...kept, ...addTallies(kept, done), place: reached, next }
      return { ...changed, worked: kept.worked + worked, failures: 0, error: undefined }
    })
  }

  while (place !== undefined && monotonicClock() - start < turnLength) {
    signal.throwIfAborted()
    if (!(await mayEnqueue(driver, backfill))) break
    const found = await steps.next(backfill, place, signal)
    if (found?.step === undefined) {
      place = found?.next
      await flush()
      continue
    }
    const { tally: added, jobIds } = await handle(driver, backfill, found.step, signal)
    place = found.next
    tally = addTallies(tally, added)
    if (added.enqueued === 0 && tally.looked < looksPerWrite) continue
    try {
      await flush()
    } catch (error) {
      if (error instanceof TurnEnded) await withdraw(driver, held.id, jobIds)
      throw error
    }
  }
  if (tally.looked > 0 || backfill.failures > 0) await flush()
  return backfill
}

async function finishIfDone(driver: Driver, backfill: Backfill): Promise<void> {
  const { jobs, lease, steps, clock, log } = driver
  if (backfill.place !== undefined) return
  const { queued, running } = await jobs.countByState({ batch: backfill.id })
  if (queued + running > 0) return
  await lease.keep(backfill.id, (now) => ({ ...now, state: 'finished', finishedAt: clock() }))
  steps.drop(backfill.id)
  log.info({ backfillId: backfill.id }, 'A backfill is finished.')
}

async function noteFailure(driver: Driver, id: string, thrown: unknown): Promise<void> {
  const { lease, steps, clock, log } = driver
  steps.drop(id)
  const error = toHippoError(thrown, 'catalogue')
  log.warn({ backfillId: id, err: error, code: error.code }, 'A backfill could not continue.')
  await lease.keep(id, (now) => {
    const failures = now.failures + 1
    const wait = Math.min(longestPause, 1_000 * 2 ** Math.min(failures, 20))
    const record = recordError(error)
    if (!error.retryable) return { ...now, failures, error: record, state: 'failed' }
    return { ...now, failures, error: record, next: { at: clock() + wait, wait } }
  })
}

async function driveOne(driver: Driver, backfill: Backfill, signal: AbortSignal): Promise<void> {
  const { owner, clock, lease } = driver
  if (isHeldByOther(backfill, owner, clock())) return
  try {
    const held = await lease.hold(backfill)
    if (backfill.failures > 0 && !isDue(held.next, clock())) return
    const counted = await count(driver, held, signal)
    await finishIfDone(driver, await walkOn(driver, counted, signal))
  } catch (error) {
    if (signal.aborted || error instanceof TurnEnded) return
    await noteFailure(driver, backfill.id, error).catch((thrown) => {
      if (!(thrown instanceof TurnEnded)) throw thrown
    })
  }
}

/**
 * Drives backfills: each call to `turn` continues every running one that no other process drives. A
 * process may die at any point: the next turn continues from the last stored state, and a study
 * whose job was stored but not counted is recognised by that job.
 */
export function createBackfillDriver(options: DriveOptions) {
  const steps = createStepReader(options.archive, options.monotonicClock)
  const driver: Driver = { ...options, lease: createBackfillLease(options), steps }
  return {
    /** One turn of every running backfill; throws only if the queue cannot be read or written. */
    async turn(signal: AbortSignal): Promise<void> {
      const backfills = await options.marks.list()
      const running = backfills.filter(({ state }) => state === 'running')
      steps.keepOnly(new Set(running.map(({ id }) => id)))
      // Oldest first, one after the other.
      for (const backfill of running.toReversed()) {
        if (signal.aborted) return
        await driveOne(driver, backfill, signal)
      }
    },
  }
}
