import { HippoError } from '../errors.ts'

const sqliteFull = 13
/** The shared-memory file of the database could not grow: in practice a full disk. */
const sqliteIoErrorSharedMemorySize = 4874

/**
 * Turns an error of node:sqlite into DISK_FULL or QUEUE_UNAVAILABLE; other errors pass unchanged.
 * Codes: https://sqlite.org/rescode.html
 */
export function mapSqliteError(error: unknown): unknown {
  if (error instanceof HippoError) return error
  const { code, errcode } = (error ?? {}) as { code?: unknown; errcode?: unknown }
  if (code !== 'ERR_SQLITE_ERROR' && code !== 'ERR_INVALID_STATE') return error
  if (errcode === sqliteFull || errcode === sqliteIoErrorSharedMemorySize) {
    return new HippoError(
      'DISK_FULL',
      'The disk that holds the job queue is full. Work continues when there is space again.',
      { cause: error },
    )
  }
  const reason = error instanceof Error ? error.message : String(error)
  return new HippoError('QUEUE_UNAVAILABLE', `The job queue cannot be used: ${reason}.`, {
    cause: error,
    details: { sqliteCode: typeof errcode === 'number' ? errcode : undefined },
  })
}
