import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { HippoError } from '../errors.ts'
import { knownVersion } from './sqlite-schema.ts'

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/**
 * Copies a consistent snapshot of a queue's file, even while in use; `target` must not exist.
 * Throws QUEUE_UNAVAILABLE.
 */
export function copyQueue(path: string, target: string): void {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: 15_000 })
    database.prepare('VACUUM INTO ?').run(target)
  } catch (error) {
    throw new HippoError('QUEUE_UNAVAILABLE', `The queue cannot be copied: ${reasonOf(error)}.`, {
      cause: error,
    })
  } finally {
    database?.close()
  }
}

/**
 * Verifies a copy completely and returns its schema version and number of jobs. Throws
 * BACKUP_UNUSABLE if it is damaged, or from a newer version of this software.
 */
export function checkQueueCopy(path: string): { schemaVersion: number; jobs: number } {
  const unusable = (why: string, cause?: unknown) =>
    new HippoError('BACKUP_UNUSABLE', `The queue in the backup ${why}.`, { cause })
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { readOnly: true })
    const { integrity_check: verdict } = database.prepare('PRAGMA integrity_check').get() as {
      integrity_check: string
    }
    if (verdict !== 'ok') throw unusable('is damaged')
    const { user_version: schemaVersion } = database.prepare('PRAGMA user_version').get() as {
      user_version: number
    }
    if (schemaVersion > knownVersion) {
      throw unusable('was written by a newer version of this software')
    }
    const { jobs } = database.prepare('SELECT count(*) AS jobs FROM jobs').get() as { jobs: number }
    return { schemaVersion, jobs }
  } catch (error) {
    throw error instanceof HippoError
      ? error
      : unusable(`cannot be read: ${reasonOf(error)}`, error)
  } finally {
    database?.close()
  }
}

/**
 * Runs `work` while no process has the queue's file open; immediately if there is no file. Throws
 * QUEUE_UNAVAILABLE if one has: only the last user can switch a file out of WAL mode.
 */
export async function withQueueClosed<Answer>(
  path: string,
  work: () => Promise<Answer>,
): Promise<Answer> {
  if (!existsSync(path)) return work()
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { timeout: 0 })
    database.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE')
  } catch (error) {
    database?.close()
    throw new HippoError(
      'QUEUE_UNAVAILABLE',
      'A service is using this folder. Stop every service that uses it, then try again.',
      { stage: 'startup', cause: error },
    )
  }
  try {
    return await work()
  } finally {
    database.close()
  }
}
