import type { ErrorRecord } from '../errors.ts'
import type { Job, StageTiming } from '../queue/job.ts'
import type { RunResult } from '../queue/run-job.ts'
import type { StudyToMeasure } from './comparison.ts'

/** An answer or a coded error: an Error that crosses between processes would lose its code. */
export type Settled<Value> = { readonly value: Value } | { readonly error: ErrorRecord }

/** What the analysis process can be asked. */
export interface AnalysisCalls {
  run(job: Job): Promise<Settled<RunResult>>
  /** Stops a run, which then ends with this error. */
  abort(jobId: string, reason: ErrorRecord): void
  /** The page with a band that says it was replaced. */
  markSuperseded(png: Uint8Array, note: string): Promise<Uint8Array>
}

/** What the analysis process asks of, and tells, the one that started it. */
export interface HostCalls {
  ready(modelVersion: string): void
  unusable(error: ErrorRecord): void
  recentJobs(orthancStudyId: string): Promise<readonly Job[]>
  succeededJobs(orthancStudyId: string): Promise<readonly Job[]>
  assignRunNumber(jobId: string, runNumber: number): Promise<Settled<undefined>>
  requestMeasurement(study: StudyToMeasure): Promise<Settled<undefined>>
  recordStage(jobId: string, timing: StageTiming): void
  recordOutcome(jobId: string, outcome: unknown): void
}

/** Told without waiting for an answer; all calls arrive in the order they were made. */
export const hostEvents = ['ready', 'unusable', 'recordStage', 'recordOutcome'] as const
export const analysisEvents = ['abort'] as const
