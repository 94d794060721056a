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
import type { BackfillMarks } from './backfill-marks.ts'
import { enqueueStudy, findMatches } from './look-at-study.ts'
import { createStudyWalk, type StudyWalk, type WalkPlace, type WalkStep } from './walk-studies.ts'

export interface BackfillLog {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
}

export interface DriveOptions {
  readonly marks: BackfillMarks
  readonly jobs: Pick<JobService, 'enqueue' | 'list' | 'countByState' | 'cancel'> &
    Pick<JobStore, 'currentResults'>
  readonly archive: Pick<
    Archive,
    'listStudies' | 'countStudies' | 'resolveStudies' | 'listSeriesDescriptions'
  >
  /** Unique name of this process. */
  readonly owner: string
  /** Maximum number of queued or running jobs of one backfill. */
  readonly maximumAhead: number
  /** A backfill without a heartbeat for this long may be taken over by another process. */
  readonly leaseMilliseconds: number
  /** Epoch milliseconds. */
  readonly clock: () => number
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

/** State that a driver keeps between turns; losing it does no harm. */
interface Drive {
  readonly walk: StudyWalk
  steps: readonly WalkStep[]
  /** The position of the first step, and the one after the last. */
  from: WalkPlace | undefined
  next: WalkPlace | undefined
  /** Monotonic time up to which its duration has been counted. */
  counted: number
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

/** Ends a turn whose backfill was paused, cancelled or claimed by another process. */
class TurnEnded extends Error {}

/**
 * Drives backfills: each call to `turn` continues every running one that no other process drives. A
 * process may die at any point: the next turn continues from the last stored state, and a study
 * whose job was stored but not counted is recognised by that job.
 */
export function createBackfillDriver(options: DriveOptions) {
  const { marks, jobs, archive, owner, leaseMilliseconds, clock, log } = options
  const drives = new Map<string, Drive>()

  /** Changes a running backfill that this process drives; throws TurnEnded if it no longer does. */
  async function keep(id: string, change: (now: Backfill) => Backfill): Promise<Backfill> {
    const kept = await marks.change(id, (backfill) => {
      const isOurs = backfill.state === 'running' && backfill.lease?.owner === owner
      return isOurs ? renewLease(change(backfill)) : undefined
    })
    if (kept === undefined) throw new TurnEnded()
    return kept
  }

  function renewLease(backfill: Backfill): Backfill {
    const lease = { owner, until: clock() + leaseMilliseconds, length: leaseMilliseconds }
    return { ...backfill, lease }
  }

  /** Takes the lease, or extends it if less than half is left. */
  async function hold(backfill: Backfill): Promise<Backfill> {
    const { lease } = backfill
    const left = (lease?.until ?? 0) - clock()
    const isFresh = left > leaseMilliseconds / 2 && left <= leaseMilliseconds
    if (lease?.owner === owner && isFresh) return backfill
    const kept = await marks.change(backfill.id, (now) =>
      now.state !== 'running' || isHeldByOther(now, owner, clock()) ? undefined : renewLease(now),
    )
    if (kept === undefined) throw new TurnEnded()
    return kept
  }

  function driveOf({ id, query, until }: Backfill): Drive {
    const known = drives.get(id)
    if (known) return known
    const list = (studies: Parameters<Archive['listStudies']>[0], signal?: AbortSignal) =>
      archive.listStudies(studies, { signal })
    const walk = createStudyWalk({ query, until, list })
    const counted = options.monotonicClock()
    const drive: Drive = { walk, steps: [], from: undefined, next: undefined, counted }
    drives.set(id, drive)
    return drive
  }

  const isSame = (one: WalkPlace | undefined, other: WalkPlace | undefined) =>
    one?.at === other?.at && one?.after === other?.after

  /**
   * The next step after a position; only a position if the page had no study; undefined at the end.
   */
  async function nextStep(
    backfill: Backfill,
    place: WalkPlace,
    signal: AbortSignal,
  ): Promise<{ step?: WalkStep; next: WalkPlace } | undefined> {
    const drive = driveOf(backfill)
    if (!isSame(drive.from, place)) {
      const page = await drive.walk.read(place, signal)
      if (page === undefined) return undefined
      drive.steps = page.steps
      drive.next = page.next
    }
    const [step, ...others] = drive.steps
    if (step === undefined) return { next: drive.next! }
    drive.steps = others
    drive.from = step.next
    return { step, next: step.next }
  }

  async function count(backfill: Backfill, signal: AbortSignal): Promise<Backfill> {
    const { query, until, id } = backfill
    if (backfill.listed !== undefined || backfill.looked > 0) return backfill
    const days = { from: query.from, to: query.to ?? until }
    try {
      let listed = 0
      for (const patientId of query.patientIds ?? [undefined]) {
        listed += await archive.countStudies({ ...days, patientId }, { signal })
      }
      return await keep(id, (now) => ({ ...now, listed }))
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof TurnEnded) throw error
      // Then only the remaining time is unknown; if the archive has a real problem, listing reports
      // it.
      log.warn({ backfillId: id, err: error }, 'The studies of a backfill could not be counted.')
      return backfill
    }
  }

  async function mayEnqueue(backfill: Backfill): Promise<boolean> {
    if (!isDue(backfill.next, clock())) return false
    const { queued, running } = await jobs.countByState({ batch: backfill.id })
    return queued + running < options.maximumAhead
  }

  async function handle(
    backfill: Backfill,
    step: WalkStep,
    signal: AbortSignal,
  ): Promise<{ tally: BackfillTally; jobIds: readonly string[] }> {
    const { id, query } = backfill
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
  async function withdraw(id: string, jobIds: readonly string[]): Promise<void> {
    if ((await marks.find(id))?.state !== 'cancelled') return
    for (const jobId of jobIds) await jobs.cancel(jobId).catch(() => {})
  }

  async function walkOn(held: Backfill, signal: AbortSignal): Promise<Backfill> {
    let backfill = held
    let place = held.place
    let tally = noTally
    const { monotonicClock } = options
    const start = monotonicClock()

    const flush = async () => {
      const drive = driveOf(held)
      const worked = monotonicClock() - drive.counted
      drive.counted += worked
      const [reached, done] = [place, tally]
      tally = noTally
      backfill = await keep(held.id, (kept) => {
        const next = done.enqueued > 0 ? waitForRate(kept, done.enqueued, clock()) : kept.next
        const changed = { ...kept, ...addTallies(kept, done), place: reached, next }
        return { ...changed, worked: kept.worked + worked, failures: 0, error: undefined }
      })
    }

    while (place !== undefined && monotonicClock() - start < turnLength) {
      signal.throwIfAborted()
      if (!(await mayEnqueue(backfill))) break
      const found = await nextStep(backfill, place, signal)
      if (found?.step === undefined) {
        place = found?.next
        await flush()
        continue
      }
      const { tally: added, jobIds } = await handle(backfill, found.step, signal)
      place = found.next
      tally = addTallies(tally, added)
      if (added.enqueued === 0 && tally.looked < looksPerWrite) continue
      try {
        await flush()
      } catch (error) {
        if (error instanceof TurnEnded) await withdraw(held.id, jobIds)
        throw error
      }
    }
    if (tally.looked > 0 || backfill.failures > 0) await flush()
    return backfill
  }

  async function finishIfDone(backfill: Backfill): Promise<void> {
    if (backfill.place !== undefined) return
    const { queued, running } = await jobs.countByState({ batch: backfill.id })
    if (queued + running > 0) return
    await keep(backfill.id, (now) => ({ ...now, state: 'finished', finishedAt: clock() }))
    drives.delete(backfill.id)
    log.info({ backfillId: backfill.id }, 'A backfill is finished.')
  }

  async function noteFailure(id: string, thrown: unknown): Promise<void> {
    drives.delete(id)
    const error = toHippoError(thrown, 'catalogue')
    log.warn({ backfillId: id, err: error, code: error.code }, 'A backfill could not continue.')
    await keep(id, (now) => {
      const failures = now.failures + 1
      const wait = Math.min(longestPause, 1_000 * 2 ** Math.min(failures, 20))
      const record = recordError(error)
      if (!error.retryable) return { ...now, failures, error: record, state: 'failed' }
      return { ...now, failures, error: record, next: { at: clock() + wait, wait } }
    })
  }

  async function driveOne(backfill: Backfill, signal: AbortSignal): Promise<void> {
    if (isHeldByOther(backfill, owner, clock())) return
    try {
      const held = await hold(backfill)
      if (backfill.failures > 0 && !isDue(held.next, clock())) return
      await finishIfDone(await walkOn(await count(held, signal), signal))
    } catch (error) {
      if (signal.aborted || error instanceof TurnEnded) return
      await noteFailure(backfill.id, error).catch((thrown) => {
        if (!(thrown instanceof TurnEnded)) throw thrown
      })
    }
  }

  return {
    /** One turn of every running backfill; throws only if the queue cannot be read or written. */
    async turn(signal: AbortSignal): Promise<void> {
      const backfills = await marks.list()
      const running = backfills.filter(({ state }) => state === 'running')
      const ids = new Set(running.map(({ id }) => id))
      for (const id of drives.keys()) if (!ids.has(id)) drives.delete(id)
      // Oldest first, one after the other.
      for (const backfill of running.toReversed()) {
        if (signal.aborted) return
        await driveOne(backfill, signal)
      }
    },
  }
}
