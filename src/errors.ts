/** The processing step at which something went wrong. */
export type Stage =
  | 'startup'
  | 'request'
  | 'queue'
  | 'catalogue'
  | 'select'
  | 'fetch'
  | 'decode'
  | 'assemble'
  | 'localize'
  | 'infer'
  | 'measure'
  | 'history'
  | 'report'
  | 'encode'
  | 'store'
  | 'verify'
  | 'forward'

interface ErrorKind {
  readonly stage: Stage
  /** True if the same work may succeed later with unchanged input. */
  readonly retryable: boolean
}

/** Every failure of this product. Codes are part of the API: add new ones, never rename. */
const errorKinds = {
  CONFIG_INVALID: { stage: 'startup', retryable: false },
  MODEL_MISSING: { stage: 'startup', retryable: false },
  MODEL_ALTERED: { stage: 'startup', retryable: false },
  MODEL_INVALID: { stage: 'startup', retryable: false },
  MODEL_UNKNOWN: { stage: 'request', retryable: false },
  MODEL_NOT_ACCEPTED: { stage: 'request', retryable: false },
  REQUEST_INVALID: { stage: 'request', retryable: false },
  NOT_FOUND: { stage: 'request', retryable: false },
  UNAUTHORIZED: { stage: 'request', retryable: false },
  FORBIDDEN: { stage: 'request', retryable: false },
  TOO_MANY_REQUESTS: { stage: 'request', retryable: true },
  IDENTITY_UNREACHABLE: { stage: 'request', retryable: true },
  AUDIT_UNWRITABLE: { stage: 'request', retryable: true },
  RESULTS_NOT_READY: { stage: 'request', retryable: true },
  TOO_MANY_WATCHERS: { stage: 'request', retryable: true },
  FILE_UNREADABLE: { stage: 'request', retryable: false },
  BACKUP_UNUSABLE: { stage: 'startup', retryable: false },
  JOB_NOT_FOUND: { stage: 'queue', retryable: false },
  JOB_NOT_CANCELLABLE: { stage: 'queue', retryable: false },
  /** The result was replaced, rejected or answered by someone else in the meantime. */
  ANSWER_REFUSED: { stage: 'request', retryable: false },
  JOB_CANCELLED: { stage: 'queue', retryable: false },
  BACKFILL_NOT_FOUND: { stage: 'request', retryable: false },
  BACKFILL_ENDED: { stage: 'request', retryable: false },
  LEASE_LOST: { stage: 'queue', retryable: true },
  /** Less free space than MIN_FREE_DISK_MB: jobs wait before the disk is full. */
  DISK_LOW: { stage: 'queue', retryable: true },
  DISK_FULL: { stage: 'queue', retryable: true },
  QUEUE_UNAVAILABLE: { stage: 'queue', retryable: true },
  ARCHIVE_UNREACHABLE: { stage: 'catalogue', retryable: true },
  ARCHIVE_TIMEOUT: { stage: 'catalogue', retryable: true },
  ARCHIVE_UNAUTHORIZED: { stage: 'catalogue', retryable: true },
  ARCHIVE_FAILED: { stage: 'catalogue', retryable: true },
  ARCHIVE_ANSWER_INVALID: { stage: 'catalogue', retryable: true },
  STUDY_NOT_FOUND: { stage: 'catalogue', retryable: false },
  /** A notification names an Orthanc study and the UID of a different one. */
  STUDY_MISMATCH: { stage: 'catalogue', retryable: false },
  STUDY_AMBIGUOUS: { stage: 'catalogue', retryable: false },
  STUDY_EMPTY: { stage: 'catalogue', retryable: false },
  NO_MEASURABLE_SERIES: { stage: 'select', retryable: false },
  AMBIGUOUS_SERIES: { stage: 'select', retryable: false },
  /** From versions that could not measure whole heads; kept because old jobs show it. */
  WHOLE_HEAD_UNSUPPORTED: { stage: 'select', retryable: false },
  SERIES_INCOMPLETE: { stage: 'fetch', retryable: true },
  SERIES_TOO_LARGE: { stage: 'fetch', retryable: false },
  DICOM_UNREADABLE: { stage: 'decode', retryable: false },
  ATTRIBUTE_MISSING: { stage: 'decode', retryable: false },
  TRANSFER_SYNTAX_UNSUPPORTED: { stage: 'decode', retryable: false },
  PIXEL_DATA_INVALID: { stage: 'decode', retryable: false },
  NIFTI_UNREADABLE: { stage: 'decode', retryable: false },
  MGH_UNREADABLE: { stage: 'decode', retryable: false },
  TOO_FEW_SLICES: { stage: 'assemble', retryable: false },
  SLICES_MISSING: { stage: 'assemble', retryable: false },
  ACQUISITIONS_MIXED: { stage: 'assemble', retryable: false },
  SLICES_DUPLICATED: { stage: 'assemble', retryable: false },
  SLICES_TILTED: { stage: 'assemble', retryable: false },
  GEOMETRY_MIXED: { stage: 'assemble', retryable: false },
  GEOMETRY_INVALID: { stage: 'assemble', retryable: false },
  HEAD_NOT_FOUND: { stage: 'localize', retryable: false },
  LOCALIZATION_FAILED: { stage: 'localize', retryable: true },
  CROP_UNSUITABLE: { stage: 'infer', retryable: false },
  INTENSITIES_CONSTANT: { stage: 'infer', retryable: false },
  ANALYSIS_CRASHED: { stage: 'queue', retryable: true },
  INFERENCE_FAILED: { stage: 'infer', retryable: true },
  HIPPOCAMPUS_NOT_FOUND: { stage: 'measure', retryable: false },
  QUALITY_REJECTED: { stage: 'measure', retryable: false },
  REPORT_FAILED: { stage: 'report', retryable: false },
  DICOM_WRITE_REFUSED: { stage: 'encode', retryable: false },
  ARCHIVE_READ_ONLY: { stage: 'store', retryable: true },
  ARCHIVE_FULL: { stage: 'store', retryable: true },
  STORE_REFUSED: { stage: 'store', retryable: false },
  VERIFY_MISMATCH: { stage: 'verify', retryable: true },
  FORWARD_TARGET_UNKNOWN: { stage: 'forward', retryable: false },
  FORWARD_RESULT_MISSING: { stage: 'forward', retryable: false },
  /** The receiver rejected the message; resending it does not help. */
  FORWARD_REFUSED: { stage: 'forward', retryable: false },
  /** A newer result replaced this one before it was sent; only the newer one is sent. */
  FORWARD_SUPERSEDED: { stage: 'forward', retryable: false },
  FORWARD_PATIENT_UNKNOWN: { stage: 'forward', retryable: false },
  FORWARD_FAILED: { stage: 'forward', retryable: true },
  /** Storing a result of the same images failed before; an event does not retry it. */
  FAILED_BEFORE: { stage: 'queue', retryable: false },
  UNEXPECTED: { stage: 'queue', retryable: true },
} as const satisfies Record<string, ErrorKind>

export type ErrorCode = keyof typeof errorKinds

/** Facts that are safe to log: identifiers and numbers, never patient names or birth dates. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | undefined>>

/** The part of an error that is kept on jobs, in logs and in the API. */
export interface ErrorRecord {
  readonly code: ErrorCode
  readonly stage: Stage
  readonly retryable: boolean
  readonly message: string
  readonly details?: ErrorDetails
}

/**
 * A failure with a code, a stage, a retryable flag and a sentence for its reader (a radiographer,
 * an engineer). `stage` overrides the code's usual stage where the same thing can happen at several
 * (an archive that is down can fail the catalogue, the fetch or the store).
 */
export class HippoError extends Error {
  readonly code: ErrorCode
  readonly stage: Stage
  readonly retryable: boolean
  readonly details: ErrorDetails | undefined

  constructor(
    code: ErrorCode,
    message: string,
    options: { stage?: Stage; details?: ErrorDetails; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'HippoError'
    this.code = code
    this.stage = options.stage ?? errorKinds[code].stage
    this.retryable = errorKinds[code].retryable
    this.details = options.details
  }
}

/**
 * Turns anything thrown into a coded error: foreign errors become UNEXPECTED at the given stage.
 */
export function toHippoError(error: unknown, stage: Stage): HippoError {
  if (error instanceof HippoError) return error
  const code = (error as { code?: unknown } | undefined)?.code
  if (code === 'ENOSPC' || code === 'ERR_SQLITE_FULL') {
    return new HippoError(
      'DISK_FULL',
      'The disk of the service is full. The job will be retried once there is space.',
      { stage, cause: error },
    )
  }
  const message = error instanceof Error ? error.message : String(error)
  return new HippoError('UNEXPECTED', `Something unexpected went wrong: ${message}`, {
    stage,
    cause: error,
  })
}

export function recordError(error: HippoError): ErrorRecord {
  const { code, stage, retryable, message, details } = error
  return details === undefined
    ? { code, stage, retryable, message }
    : { code, stage, retryable, message, details }
}

/** Rebuilds an error from its record, for errors passed between processes. */
export function reviveError({ code, stage, message, details }: ErrorRecord): HippoError {
  return new HippoError(code, message, details === undefined ? { stage } : { stage, details })
}
