import { HippoError } from '../errors.ts'

/** Classes of SQLSTATE that say something about our data or statement, not about the server. */
const faultsOfOurs = ['22', '23']

/** Two transactions conflicted: retrying succeeds. */
const collisions = ['40001', '40P01', '23505']

const diskFull = '53100'

const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | undefined)?.code
  return typeof code === 'string' ? code : ''
}

/** Whether a transaction should be retried immediately. */
export function isCollision(error: unknown): boolean {
  return collisions.includes(codeOf(error))
}

/**
 * Turns an error of PostgreSQL or of the connection into DISK_FULL or QUEUE_UNAVAILABLE;
 * programming errors and those of this product pass unchanged. Omits the address, which may contain
 * a password. Codes: https://www.postgresql.org/docs/15/errcodes-appendix.html
 */
export function mapPostgresError(error: unknown): unknown {
  if (error instanceof HippoError || error instanceof TypeError) return error
  const code = codeOf(error)
  if (faultsOfOurs.includes(code.slice(0, 2)) && code.length === 5) return error
  if (code === diskFull) {
    return new HippoError(
      'DISK_FULL',
      'The disk of the PostgreSQL server that holds the job queue is full. Work continues when there is space again.',
      { cause: error },
    )
  }
  const reason = (error instanceof Error && error.message) || code || String(error)
  return new HippoError('QUEUE_UNAVAILABLE', `The job queue cannot be used: ${reason}.`, {
    cause: error,
    details: { sqlState: code === '' ? undefined : code },
  })
}
