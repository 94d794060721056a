import type { ErrorRecord } from '../errors.ts'
import type { StudyToMeasure } from '../history/comparison.ts'
import type { ModelName, ShadowComparison } from '../models/shadow-comparison.ts'
import type { Job, StageTiming } from '../queue/job.ts'
import type { RunResult } from '../queue/run-job.ts'

/** A result or an error record: an Error passed between processes would lose its code. */
export type Settled<Value> = { readonly value: Value } | { readonly error: ErrorRecord }

/** Paths of manifests: of the model that measures, and of one in shadow mode. */
export interface ModelPaths {
  readonly active: string
  readonly shadow?: string | undefined
}

/** What the analysis process has loaded. */
export interface LoadedModels {
  readonly active: ModelName
  readonly shadow?: ModelName | undefined
  /** Why the requested model for shadow mode is not loaded. */
  readonly shadowError?: ErrorRecord | undefined
}

/** The requests to the analysis process. */
export interface AnalysisCalls {
  /** `traceparent` names the span of the other process that it lies within. */
  run(job: Job, traceparent: string | undefined): Promise<Settled<RunResult>>
  /** Stops a run, which then ends with this error. */
  abort(jobId: string, reason: ErrorRecord): void
  /** The page with a band that says it was replaced. */
  markSuperseded(png: Uint8Array, note: string): Promise<Uint8Array>
}

/** Requests and messages of the analysis process to its host. */
export interface HostCalls {
  ready(models: LoadedModels): void
  unusable(error: ErrorRecord): void
  recentJobs(orthancStudyId: string): Promise<readonly Job[]>
  succeededJobs(orthancStudyId: string): Promise<readonly Job[]>
  assignRunNumber(jobId: string, runNumber: number): Promise<Settled<undefined>>
  requestMeasurement(study: StudyToMeasure): Promise<Settled<undefined>>
  recordStage(jobId: string, timing: StageTiming): void
  recordOutcome(jobId: string, outcome: unknown): void
  recordShadow(comparison: ShadowComparison): void
}

/** Sent without waiting for a reply; all calls arrive in the order they were made. */
export const hostEvents = [
  'ready',
  'unusable',
  'recordStage',
  'recordOutcome',
  'recordShadow',
] as const
export const analysisEvents = ['abort'] as const
