import { type Backfill, isHeldByOther } from './backfill.ts'
import type { BackfillMarks } from './backfill-marks.ts'

/** Ends a turn whose backfill was paused, cancelled or claimed by another process. */
export class TurnEnded extends Error {}

/** The lease of a process on the backfills it drives. */
export interface BackfillLease {
  /** Takes the lease, or extends it if less than half is left; throws TurnEnded. */
  hold(backfill: Backfill): Promise<Backfill>
  /** Changes a running backfill that this process drives; throws TurnEnded if it no longer does. */
  keep(id: string, change: (now: Backfill) => Backfill): Promise<Backfill>
}

export interface BackfillLeaseOptions {
  readonly marks: BackfillMarks
  /** Unique name of this process. */
  readonly owner: string
  /** A backfill without a heartbeat for this long may be taken over by another process. */
  readonly leaseMilliseconds: number
  /** Epoch milliseconds. */
  readonly clock: () => number
}

/** Claims backfills for this process; every change renews the lease. */
export function createBackfillLease(options: BackfillLeaseOptions): BackfillLease {
  const { marks, owner, leaseMilliseconds, clock } = options

  function renew(backfill: Backfill): Backfill {
    const lease = { owner, until: clock() + leaseMilliseconds, length: leaseMilliseconds }
    return { ...backfill, lease }
  }

  return {
    async hold(backfill) {
      const { lease } = backfill
      const left = (lease?.until ?? 0) - clock()
      const isFresh = left > leaseMilliseconds / 2 && left <= leaseMilliseconds
      if (lease?.owner === owner && isFresh) return backfill
      const kept = await marks.change(backfill.id, (now) =>
        now.state !== 'running' || isHeldByOther(now, owner, clock()) ? undefined : renew(now),
      )
      if (kept === undefined) throw new TurnEnded()
      return kept
    },
    async keep(id, change) {
      const kept = await marks.change(id, (backfill) => {
        const isOurs = backfill.state === 'running' && backfill.lease?.owner === owner
        return isOurs ? renew(change(backfill)) : undefined
      })
      if (kept === undefined) throw new TurnEnded()
      return kept
    },
  }
}
