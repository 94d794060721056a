import { STATUS_CODES } from 'node:http'
import { Type } from 'typebox'
import { type ErrorCode, type ErrorRecord, HippoError, recordError } from '../errors.ts'

/** Problem details (RFC 9457, https://www.rfc-editor.org/rfc/rfc9457) with our code, stage and flag. */
export const problemSchema = Type.Object(
  {
    type: Type.String({ description: 'urn:hippovolume:problem:CODE' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'A sentence for people.' }),
    instance: Type.String({ description: 'Identifies the request, as in the log.' }),
    code: Type.String({ description: 'Stable code for machines.' }),
    stage: Type.String(),
    retryable: Type.Boolean({ description: 'Whether the same request may succeed later.' }),
  },
  { title: 'Problem', additionalProperties: true },
)

/** An error with its own status and further members beside the standard ones. */
export class ProblemError extends Error {
  readonly status: number
  readonly record: ErrorRecord
  readonly members: Readonly<Record<string, unknown>>

  constructor(status: number, record: ErrorRecord, members: Record<string, unknown> = {}) {
    super(record.message)
    this.name = 'ProblemError'
    this.status = status
    this.record = record
    this.members = members
  }
}

const statusOfCode: Partial<Record<ErrorCode, number>> = {
  REQUEST_INVALID: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  JOB_NOT_FOUND: 404,
  BACKFILL_NOT_FOUND: 404,
  STUDY_NOT_FOUND: 404,
  STUDY_EMPTY: 404,
  MODEL_UNKNOWN: 404,
  STUDY_AMBIGUOUS: 409,
  MODEL_NOT_ACCEPTED: 409,
  MODEL_MISSING: 409,
  MODEL_INVALID: 409,
  MODEL_ALTERED: 409,
  JOB_NOT_CANCELLABLE: 409,
  ANSWER_REFUSED: 409,
  BACKFILL_ENDED: 409,
  RESULTS_NOT_READY: 409,
  TOO_MANY_REQUESTS: 429,
  ARCHIVE_UNAUTHORIZED: 502,
  ARCHIVE_FAILED: 502,
  ARCHIVE_ANSWER_INVALID: 502,
  ANALYSIS_CRASHED: 503,
  AUDIT_UNWRITABLE: 503,
  IDENTITY_UNREACHABLE: 503,
  ARCHIVE_UNREACHABLE: 503,
  ARCHIVE_READ_ONLY: 503,
  DISK_LOW: 503,
  DISK_FULL: 503,
  TOO_MANY_WATCHERS: 503,
  QUEUE_UNAVAILABLE: 503,
  ARCHIVE_TIMEOUT: 504,
}

function invalidRequest(status: number, message: string): ProblemError {
  const code = status === 404 ? 'NOT_FOUND' : 'REQUEST_INVALID'
  return new ProblemError(status, recordError(new HippoError(code, message)))
}

/** Messages of the HTTP library that do not quote the request. */
const quotesNothing =
  /^FST_(ERR_CTP_(BODY_TOO_LARGE|INVALID_JSON_BODY|EMPTY_JSON_BODY)|ERR_VALIDATION)$/

function describeRefusal(status: number, message: string, code: unknown): string {
  const isOurs = typeof code !== 'string' || !code.startsWith('FST_')
  if (isOurs || quotesNothing.test(code)) return message
  return status === 415 ? 'The body must be application/json.' : 'The request cannot be read.'
}

/**
 * The problem a client sees for anything thrown. Internal texts (a bug's message, a stack) are not
 * shown.
 */
export function toProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error
  if (error instanceof HippoError && error.code !== 'UNEXPECTED') {
    return new ProblemError(statusOfCode[error.code] ?? 500, recordError(error))
  }
  const { statusCode, message, code } = (error ?? {}) as Record<string, unknown>
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    // The parser's message quotes the request and must not be logged.
    return invalidRequest(statusCode, describeRefusal(statusCode, String(message), code))
  }
  const hidden = new HippoError(
    'UNEXPECTED',
    'Something unexpected went wrong. The log of the service has details under this request.',
    { stage: 'request' },
  )
  return new ProblemError(500, recordError(hidden))
}

/** The body of a problem response. */
export function writeProblem({ status, record, members }: ProblemError, requestId: string): string {
  const { code, stage, retryable, message, details } = record
  return JSON.stringify({
    type: `urn:hippovolume:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title: STATUS_CODES[status],
    status,
    detail: message,
    instance: `urn:hippovolume:request:${requestId}`,
    code,
    stage,
    retryable,
    details,
    ...members,
  })
}

const descriptions: Record<number, string> = {
  400: 'The request does not match its description here.',
  401: 'The token is missing or unknown.',
  403: 'The token is not valid for this address.',
  404: 'It does not exist.',
  405: 'The address does not support this method.',
  409: 'The job or other resource is not in a state that allows this.',
  413: 'The body is larger than 64 KiB.',
  415: 'The body is not application/json.',
  429: 'Too many requests.',
  500: 'An internal error of the service.',
  502: 'The archive returned an error.',
  503: 'The queue, the archive, the audit trail or the keys of access tokens are unavailable.',
  504: 'The archive did not respond in time.',
}

/** Documents the problems a route may return. */
export function problems(...statuses: readonly number[]) {
  const content = { 'application/problem+json': { schema: problemSchema } }
  return Object.fromEntries(
    statuses.map((status) => [status, { description: descriptions[status] ?? '', content }]),
  )
}
