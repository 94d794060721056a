import type { ErrorRecord } from '../errors.ts'
import type { StudyQuery } from './study-query.ts'
import type { WalkPlace } from './walk-studies.ts'

/**
 * `running` until all its studies have been looked at and its jobs have ended; `failed` where it cannot
 * go on whatever time passes.
 */
export type BackfillState = 'running' | 'paused' | 'finished' | 'cancelled' | 'failed'

/** How many studies have been dealt with, and how. */
export interface BackfillTally {
  /** Studies of the archive that were checked. */
  readonly looked: number
  /** Those of them that fit the query. */
  readonly found: number
  /** Those of these that need nothing: a result stands, or a job for the study waits. */
  readonly passedOver: number
  /** Those for which a job was stored. */
  readonly enqueued: number
}

/**
 * An analysis of an archive's past, as it is kept: everything that is needed to go on after a restart.
 * One process at a time drives it, the one that holds the lease.
 */
export interface Backfill extends BackfillTally {
  readonly id: string
  readonly state: BackfillState
  readonly query: StudyQuery
  readonly ratePerMinute: number
  /** Epoch milliseconds. */
  readonly createdAt: number
  readonly createdBy: string
  /** Last day that belongs to the past it is about, DICOM DA. */
  readonly until: string
  /** Where the walk over the archive has come to; undefined at its end. */
  readonly place: WalkPlace | undefined
  /** Studies of the query's days and patients, as counted at the start; absent where that failed. */
  readonly listed?: number | undefined
  /** No job is stored before this time, set when a wait of this length began. */
  readonly next?: { readonly at: number; readonly wait: number } | undefined
  /** How long it was driven, milliseconds; says with the tally how fast it is. */
  readonly worked: number
  readonly lease?:
    | { readonly owner: string; readonly until: number; readonly length: number }
    | undefined
  /** Attempts in a row that failed, and the last error. */
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
 * Whether a wait is over; also when the clock was set back to before it began, since nothing may wait
 * for as long as a clock was set back.
 */
export function isDue(next: Backfill['next'], now: number): boolean {
  return next === undefined || next.at <= now || next.at - next.wait > now
}

/** Whether another process drives it. A lease longer than one that begins now is of another clock. */
export function isHeldByOther({ lease }: Backfill, owner: string, now: number): boolean {
  if (lease === undefined || lease.owner === owner) return false
  return lease.until > now && lease.until - lease.length <= now
}
