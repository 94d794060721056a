import { randomUUID } from 'node:crypto'
import type { Archive } from '../archive/archive.ts'
import type { BackfillService } from '../backfill/backfill-service.ts'
import type { JobService } from '../queue/job-service.ts'
import { runPeriodically } from '../upkeep/run-periodically.ts'
import { sweepArchive } from '../upkeep/sweep.ts'
import { takeTurns } from '../upkeep/take-turns.ts'
import type { Closers } from './closers.ts'
import type { ServiceContext } from './service-context.ts'
import { startBackfill } from './start-backfill.ts'
import { startHousekeeping } from './start-housekeeping.ts'
import type { StartedQueue } from './start-queue.ts'
import { warnWithoutHook } from './warn-without-hook.ts'

export interface PeriodicParts {
  readonly queue: StartedQueue
  readonly jobs: JobService
  readonly archive: Archive
  /** Folder of the report pages. */
  readonly reports: string
}

function startSweep(
  { config, log, clock }: ServiceContext,
  { queue, jobs, archive }: PeriodicParts,
): { stop(): Promise<void> } | undefined {
  if (config.SWEEP_SECONDS === 0) return undefined
  const noteFound = warnWithoutHook({ store: queue.store, clock, log })
  const sweep = async (signal: AbortSignal) => {
    const enqueued = await sweepArchive({
      signal,
      archive,
      history: queue.history,
      enqueue: ({ orthancStudyId, studyInstanceUid }) =>
        jobs.enqueue({ orthancStudyId, studyInstanceUid, trigger: 'sweep', force: false }),
      now: clock,
      lookbackMilliseconds: config.SWEEP_LOOKBACK_HOURS * 3_600_000,
      log,
    })
    await noteFound(enqueued)
    return enqueued
  }
  const turns = takeTurns(sweep, {
    marks: queue.store,
    name: 'turn/sweep',
    owner: queue.owner,
    leaseMilliseconds: config.LEASE_SECONDS * 1000,
    // A little less than the period, so that the other processes get their turn.
    restMilliseconds: config.SWEEP_SECONDS * 900,
    now: clock,
  })
  return runPeriodically(turns, config.SWEEP_SECONDS * 1000, (error) =>
    log.warn({ err: error }, 'The sweep failed; it will be retried.'),
  )
}

/** Starts backfills, the removal of old jobs and the sweep; returns the backfills for the API. */
export function startPeriodicWork(
  context: ServiceContext,
  parts: PeriodicParts,
  closers: Pick<Closers, 'add'>,
): BackfillService {
  const { config, log, clock } = context
  const { queue, jobs, archive, reports } = parts
  const { store, owner } = queue
  const backfilling = startBackfill({
    ...{ store, jobs, archive, owner, clock, log, createId: randomUUID },
    maximumAhead: config.BACKFILL_AHEAD,
    // One request to a slow archive may take longer than a job's heartbeat.
    leaseMilliseconds: Math.min(60_000, 3_000 * config.LEASE_SECONDS),
  })
  closers.add(() => backfilling.stop())
  const housekeeping = startHousekeeping({
    ...{ store, reports, clock, log },
    retentionDays: config.RETENTION_DAYS,
  })
  closers.add(() => housekeeping.stop())
  const sweeping = startSweep(context, parts)
  closers.add(() => sweeping?.stop())
  return backfilling.backfills
}
