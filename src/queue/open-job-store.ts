import { setTimeout as sleep } from 'node:timers/promises'
import { HippoError, toHippoError } from '../errors.ts'
import type { QueueLog } from './held-job.ts'
import type { JobStore } from './job-store.ts'
import { openSqliteJobStore } from './sqlite-job-store.ts'

export interface QueueSettings {
  /** Address of PostgreSQL; without it the queue is a file of this machine. */
  readonly databaseUrl: string | undefined
  /** That file. */
  readonly path: string
  /** Epoch milliseconds, of the queue in a file. */
  readonly clock: () => number
  readonly createId: () => string
  readonly log: QueueLog
  /** How long to wait for PostgreSQL, which may also be starting. */
  readonly patienceMilliseconds?: number
}

/** Permanent errors: wrong account, database or version. */
function isFinal(error: HippoError): boolean {
  const state = String(error.details?.sqlState ?? '')
  return (
    !error.retryable || error.stage === 'startup' || ['28', '3D', '42'].includes(state.slice(0, 2))
  )
}

async function openPostgres(url: string, settings: QueueSettings): Promise<JobStore> {
  const { createId, log, patienceMilliseconds = 60_000 } = settings
  if (!URL.canParse(url)) {
    throw new HippoError(
      'CONFIG_INVALID',
      'DATABASE_URL is not the address of a PostgreSQL database.',
    )
  }
  // Only here: what speaks to PostgreSQL is large, and most sites have none.
  const { openPostgresJobStore } = await import('./postgres-job-store.ts')
  const deadline = Date.now() + patienceMilliseconds
  const onError = (error: unknown) =>
    log.warn({ err: error }, 'PostgreSQL reported an error; pending work continues automatically.')
  for (;;) {
    try {
      return await openPostgresJobStore({ url, createId, onError })
    } catch (thrown) {
      const error = toHippoError(thrown, 'startup')
      if (isFinal(error) || Date.now() >= deadline) throw error
      log.warn({ err: error }, 'PostgreSQL cannot be reached yet; it will be retried.')
      await sleep(Math.min(1_000, patienceMilliseconds))
    }
  }
}

/**
 * Opens the durable queue that the settings name. Throws QUEUE_UNAVAILABLE if it cannot be used,
 * immediately or after waiting for an unreachable PostgreSQL.
 */
export async function openJobStore(settings: QueueSettings): Promise<JobStore> {
  const { databaseUrl, path, clock, createId } = settings
  if (databaseUrl !== undefined) return openPostgres(databaseUrl, settings)
  return openSqliteJobStore({ path, clock, createId })
}
