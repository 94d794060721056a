import type { ErrorRecord } from '../errors.ts'
import type { StudyQuery } from './study-query.ts'
import type { WalkPlace } from './walk-studies.ts'

/**
 * `running` until all its studies have been checked and its jobs have ended; `failed` if it can
 * never continue.
 */
export type BackfillState = 'running' | 'paused' | 'finished' | 'cancelled' | 'failed'

/** Numbers of studies processed, by outcome. */
export interface BackfillTally {
  /** Studies of the archive that were checked. */
  readonly looked: number
  /** Those that match the query. */
  readonly found: number
  /** Matching studies that need nothing: they have a current result or a queued job. */
  readonly passedOver: number
  /** Those for which a job was stored. */
  readonly enqueued: number
}

/**
 * The stored state of a backfill: everything needed to continue after a restart. One process at a
 * time drives it, the holder of the lease.
 */
export interface Backfill extends BackfillTally {
  readonly id: string
  readonly state: BackfillState
  readonly query: StudyQuery
  readonly ratePerMinute: number
  /** Epoch milliseconds. */
  readonly createdAt: number
  readonly createdBy: string
  /** Last day of the backfill, DICOM DA. */
  readonly until: string
  /** Position of the walk over the archive; undefined at its end. */
  readonly place: WalkPlace | undefined
  /** Studies of the query's days and patients, as counted at the start; absent where that failed. */
  readonly listed?: number | undefined
  /** No job is stored before this time, and the length of that wait. */
  readonly next?: { readonly at: number; readonly wait: number } | undefined
  /** Time it was driven, milliseconds; gives the rate together with the tally. */
  readonly worked: number
  readonly lease?:
    | { readonly owner: string; readonly until: number; readonly length: number }
    | undefined
  /** Consecutive failed attempts, and the last error. */
  readonly failures: number
  readonly error?: ErrorRecord | undefined
  readonly finishedAt?: number | undefined
}

export const noTally: BackfillTally = { looked: 0, found: 0, passedOver: 0, enqueued: 0 }

export function addTallies(one: BackfillTally, other: BackfillTally): BackfillTally {
  return {
    looked: one.looked + other.looked,
    found: one.found + other.found,
    passedOver: one.passedOver + other.passedOver,
    enqueued: one.enqueued + other.enqueued,
  }
}

/**
 * Whether a wait is over, also if the clock was set back to before it began: otherwise it could
 * wait for as long as the clock was set back.
 */
export function isDue(next: Backfill['next'], now: number): boolean {
  return next === undefined || next.at <= now || next.at - next.wait > now
}

/** Whether another process drives it. A lease longer than a new one comes from a wrong clock. */
export function isHeldByOther({ lease }: Backfill, owner: string, now: number): boolean {
  if (lease === undefined || lease.owner === owner) return false
  return lease.until > now && lease.until - lease.length <= now
}
