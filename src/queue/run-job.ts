import type { HippoError } from '../errors.ts'
import type { Job, StageTiming } from './job.ts'
import type { JobEnding } from './job-store.ts'

/** How a run may end; only the worker loop says `failed`, after the last attempt. */
export type RunResult = Exclude<JobEnding, { state: 'failed' }>

/** What the worker loop passes to a run beside its job. */
export interface RunContext {
  /**
   * Aborted when the job was cancelled, its lease was lost or the service stops. Its reason is a
   * HippoError; a run that sees it throws, and whatever it throws then is not an attempt's failure.
   */
  readonly signal: AbortSignal
  /** Fixes the run number before anything is written, so that a resumed run writes the same. */
  assignRunNumber(runNumber: number): Promise<void>
  /** Keeps the time of a finished step; several of one stage add up. */
  recordStage(timing: StageTiming): void
  /**
   * Keeps what was found so far (plain JSON, replacing what was kept before), so that a job that is
   * rejected or fails by a thrown error still shows it.
   */
  recordOutcome(outcome: unknown): void
}

/**
 * The work of one job, given to the worker loop. It returns how the job ended or throws. It must be
 * safe to repeat: a process may die at any moment, and another then runs the same job again.
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
 * Whether an error says that the study itself cannot be measured ('rejected': another attempt on the
 * same images ends the same) rather than that this service could not do its work ('failed').
 */
export function isRejection(error: HippoError): boolean {
  if (error.retryable) return false
  return inputCodes.includes(error.code) || inputStages.includes(error.stage)
}
