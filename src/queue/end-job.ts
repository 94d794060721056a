import { HippoError, recordError, toHippoError } from '../errors.ts'
import type { HeldJob } from './held-job.ts'
import type { JobEnding } from './job-store.ts'
import { type RetryPolicy, retryDelay } from './retry-delay.ts'
import { isRejection } from './run-job.ts'

/** The disposition of a job after its run has settled. */
export type Disposition =
  | { readonly kind: 'finish'; readonly ending: JobEnding }
  | {
      readonly kind: 'retry'
      readonly error: HippoError
      readonly delayMilliseconds: number
      /** The attempt does not count: a dependency is down. */
      readonly isFree?: boolean
    }
  | { readonly kind: 'release' }
  /** Another worker has or will claim it: nothing to write. */
  | { readonly kind: 'drop' }

/**
 * Decides the disposition after an error thrown by a run (pure). An interrupted run threw because
 * it was asked to stop; otherwise a rejection is final, retryable errors are retried until the
 * attempts are used up, and all others fail.
 * @param outcome the run's findings so far
 * @param random a number in [0, 1)
 * @param isOutage whether a dependency is down, so that the attempt does not count
 */
export function disposeOfError(
  thrown: unknown,
  held: Pick<HeldJob, 'job' | 'interruption'>,
  outcome: unknown,
  policy: RetryPolicy,
  random: number,
  isOutage = false,
): Disposition {
  const error = toHippoError(thrown, 'queue')
  switch (held.interruption) {
    case 'lease-lost':
      return { kind: 'drop' }
    case 'stopping':
      return { kind: 'release' }
    case 'cancelled': {
      const record = recordError(new HippoError('JOB_CANCELLED', 'The job was cancelled.'))
      return { kind: 'finish', ending: { state: 'cancelled', error: record } }
    }
  }
  const record = recordError(error)
  if (isRejection(error)) {
    return { kind: 'finish', ending: { state: 'rejected', outcome, error: record } }
  }
  if (isOutage) {
    const delayMilliseconds = retryDelay(policy, held.job.attempts, random)
    return { kind: 'retry', error, delayMilliseconds, isFree: true }
  }
  if (error.retryable && held.job.attempts < policy.maximumAttempts) {
    const delayMilliseconds = retryDelay(policy, held.job.attempts, random)
    return { kind: 'retry', error, delayMilliseconds }
  }
  return { kind: 'finish', ending: { state: 'failed', outcome, error: record } }
}

/**
 * The end of a job that should not run at all: it was cancelled while unclaimed, or its process
 * died in every allowed attempt, which would repeat endlessly if the job itself crashes the
 * process.
 */
export function endBeforeRun(job: HeldJob['job'], maximumAttempts: number): JobEnding | undefined {
  if (job.cancelRequested) {
    const error = new HippoError('JOB_CANCELLED', 'The job was cancelled.')
    return { state: 'cancelled', error: recordError(error) }
  }
  if (job.attempts <= maximumAttempts) return undefined
  const error = new HippoError(
    'UNEXPECTED',
    `The service stopped during this job in the last of its ${maximumAttempts} attempts.`,
    { details: { lastCode: job.error?.code } },
  )
  return { state: 'failed', outcome: undefined, error: recordError(error) }
}
