import type { HippoError } from '../errors.ts'
import type { Job, StageTiming } from './job.ts'
import type { JobEnding } from './job-store.ts'

/** How a run may end; only the worker loop says `failed`, after the last attempt. */
export type RunResult = Exclude<JobEnding, { state: 'failed' }>

/** What the worker loop passes to a run in addition to its job. */
export interface RunContext {
  /**
   * Aborted when the job is cancelled, its lease is lost or the service stops. Its reason is a
   * HippoError; an aborted run throws, which does not count as a failed attempt.
   */
  readonly signal: AbortSignal
  /** Sets the run number before anything is written, so that a resumed run uses the same. */
  assignRunNumber(runNumber: number): Promise<void>
  /** Records the duration of a finished step; durations of one stage are added. */
  recordStage(timing: StageTiming): void
  /**
   * Stores the findings so far (plain JSON, replacing earlier ones), so that a rejected or failed
   * job still shows them.
   */
  recordOutcome(outcome: unknown): void
}

/**
 * The work of one job, given to the worker loop. It returns how the job ended or throws. It must be
 * safe to repeat: a process may die at any time, and another then runs the same job again.
 */
export type RunJob = (job: Job, context: RunContext) => Promise<RunResult>

const inputStages: readonly string[] = [
  'select',
  'decode',
  'assemble',
  'localize',
  'infer',
  'measure',
]
const inputCodes: readonly string[] = ['STUDY_NOT_FOUND', 'STUDY_EMPTY', 'SERIES_TOO_LARGE']

/**
 * Whether an error means that the study itself cannot be measured ('rejected': another attempt on
 * the same images has the same result) or that the service could not do its work ('failed').
 */
export function isRejection(error: HippoError): boolean {
  if (error.retryable) return false
  return inputCodes.includes(error.code) || inputStages.includes(error.stage)
}
