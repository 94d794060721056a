import { HippoError, type Stage, toHippoError } from '../errors.ts'

/**
 * Orthanc's own error codes (OrthancStatus) that a store returns with status 500 when a disk is full:
 * CannotWriteFile, FullStorage, SQLiteFlush, SQLiteCannotRun. 14 and 1009 were provoked on 1.10.1.
 */
const fullDiskStatuses = [14, 19, 1008, 1009]

/** Request Timeout, Locked, Too Early, Too Many Requests: the request may succeed later. */
const passingRefusals = [408, 423, 425, 429]

const certificateCodes =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_\w+|ERR_TLS_CERT_ALTNAME_INVALID)$/

const timeoutCodes = ['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'TimeoutError']

/** Transport failures after which the same read may be retried immediately. */
const droppedConnectionCodes = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_CLOSED']

function codeOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown }
  return typeof code === 'string' ? code : typeof name === 'string' ? name : ''
}

export function isDroppedConnection(error: unknown): boolean {
  return droppedConnectionCodes.includes(codeOf(error))
}

/** Turns what the HTTP client threw into a coded error; a coded error passes through. */
export function toArchiveError(error: unknown, stage: Stage): HippoError {
  if (error instanceof HippoError) return error
  const cause = codeOf(error)
  const options = { stage, cause: error, details: { cause } }
  if (timeoutCodes.includes(cause)) {
    return new HippoError('ARCHIVE_TIMEOUT', 'The archive took too long to respond.', options)
  }
  if (certificateCodes.test(cause)) {
    return new HippoError(
      'ARCHIVE_UNREACHABLE',
      'The certificate of the archive is not trusted. If the site has its own certificate authority, name its file in ORTHANC_CA_FILE.',
      options,
    )
  }
  if (/^(E[A-Z_]+|UND_ERR_\w+|ERR_SSL_\w+|ERR_TLS_\w+)$/.test(cause)) {
    return new HippoError('ARCHIVE_UNREACHABLE', 'The archive cannot be reached.', options)
  }
  return toHippoError(error, stage)
}

/** The archive was started so that nothing can be stored in it; Orthanc then answers a store with 405. */
export function readOnlyError(options: {
  readonly stage: Stage
  readonly details?: NonNullable<HippoError['details']>
}): HippoError {
  return new HippoError(
    'ARCHIVE_READ_ONLY',
    "The archive is read-only (ReadOnly in Orthanc's configuration), so results cannot be stored.",
    options,
  )
}

/** The coded error for an HTTP status that is neither success nor 404. `body` is what came with it. */
export function refusalOf(status: number, body: string, stage: Stage): HippoError {
  const orthancStatus = readOrthancStatus(body)
  const options = { stage, details: { status, orthancStatus } }
  if (stage === 'store' && status === 403) {
    return new HippoError(
      'ARCHIVE_UNAUTHORIZED',
      'The account of the service (ORTHANC_USER) may not write to the archive. Allow it to store instances.',
      options,
    )
  }
  if (stage === 'store' && status === 405) return readOnlyError(options)
  if (status === 401 || status === 403) {
    return new HippoError(
      'ARCHIVE_UNAUTHORIZED',
      'The archive does not accept the account of the service. Check ORTHANC_USER and ORTHANC_PASSWORD.',
      options,
    )
  }
  const cannotWrite = orthancStatus !== undefined && fullDiskStatuses.includes(orthancStatus)
  if (status === 507 || (stage === 'store' && cannotWrite)) {
    return new HippoError(
      'ARCHIVE_FULL',
      'The archive has no space left to store the result. It will be retried once there is space.',
      options,
    )
  }
  if (passingRefusals.includes(status)) {
    const message = `The archive asked to retry later (HTTP status ${status}).`
    return new HippoError('ARCHIVE_FAILED', message, options)
  }
  if (stage === 'store' && status === 413) {
    return new HippoError(
      'STORE_REFUSED',
      'The result is larger than the archive, or a proxy in front of it, accepts in one request (HTTP status 413). Raise its body limit (nginx: client_max_body_size).',
      options,
    )
  }
  if (stage === 'store' && status >= 400 && status < 500) {
    return new HippoError('STORE_REFUSED', 'The archive rejected the result.', options)
  }
  return new HippoError('ARCHIVE_FAILED', `The archive failed with HTTP status ${status}.`, options)
}

/**
 * Orthanc describes its errors in JSON; only the number is kept, since its texts may contain
 * anything.
 */
function readOrthancStatus(body: string): number | undefined {
  try {
    const status = (JSON.parse(body) as { OrthancStatus?: unknown } | null)?.OrthancStatus
    return typeof status === 'number' ? status : undefined
  } catch {
    return undefined // a proxy in between returned its own page
  }
}
