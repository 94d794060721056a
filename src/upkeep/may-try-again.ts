import type { ErrorCode } from '../errors.ts'
import type { Job } from '../queue/job.ts'

/** Failures of the archive or this service, not of the study. */
const passing: readonly ErrorCode[] = [
  'ARCHIVE_UNREACHABLE',
  'ARCHIVE_TIMEOUT',
  'ARCHIVE_UNAUTHORIZED',
  'ARCHIVE_FAILED',
  'ARCHIVE_ANSWER_INVALID',
  'ARCHIVE_FULL',
  'STORE_REFUSED',
  'VERIFY_MISMATCH',
  'SERIES_INCOMPLETE',
  'FAILED_BEFORE',
  'DISK_FULL',
  'MODEL_MISSING',
  'MODEL_ALTERED',
  'MODEL_INVALID',
]

/** Whether a job failed for a reason that may be resolved now, although the study has not changed. */
export function mayTryAgain({ state, error }: Pick<Job, 'state' | 'error'>): boolean {
  return state === 'failed' && error !== undefined && passing.includes(error.code)
}
