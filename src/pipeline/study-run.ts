import type { Archive } from '../archive/archive.ts'
import type { StudyToMeasure } from '../history/comparison.ts'
import type { Norms } from '../measurement/norms/norms.ts'
import type { MeasuringTools } from '../measuring/measure-head.ts'
import type { ShadowModel } from '../measuring/shadow-model.ts'
import type { ResultTarget } from '../outcome/plan-forwarding.ts'
import type { StudyHistory } from '../outcome/study-history.ts'
import type { Job } from '../queue/job.ts'
import type { RunContext } from '../queue/run-job.ts'
import type { SelectionRules } from '../selection/series-choice.ts'
import type { SeriesFacts } from '../selection/series-facts.ts'
import type { TimeStep } from '../telemetry/time-steps.ts'
import type { Tracing } from '../telemetry/tracing.ts'
import type { createComparisons } from './compare-study.ts'
import type { StudyCore, StudyCoreOptions } from './study-core.ts'

export interface AnalysisDependencies {
  readonly archive: Archive
  readonly tools: MeasuringTools
  readonly history: StudyHistory
  readonly rules: SelectionRules
  readonly norms: Norms
  readonly settings: Omit<StudyCoreOptions, 'tools' | 'rules' | 'norms' | 'software'> & {
    readonly maximumSeriesBytes: number
    /** Maximum number of earlier studies to compare with; 0 disables the comparison. */
    readonly maximumEarlierStudies: number
  }
  readonly software: { readonly name: string; readonly version: string }
  /** Targets that results are forwarded to once the job has succeeded (forward-results.ts). */
  readonly forwardTargets: readonly ResultTarget[]
  /** Queues another study of the patient, to be measured or renewed when nothing else is waiting. */
  readonly requestMeasurement: (study: StudyToMeasure) => Promise<void>
  /** Epoch milliseconds. */
  readonly clock: () => number
  /** Stores a job's page for the API; the permanent copy is in the archive. */
  readonly keepReport: (jobId: string, png: Uint8Array) => Promise<void>
  /** Milliseconds of any fixed origin, for durations. */
  readonly monotonicClock: () => number
  readonly tracing?: Tracing | undefined
  /** Runs the model in shadow mode on the measured study once the job has ended. */
  readonly shadow?: Pick<ShadowModel, 'keep'> | undefined
}

/** One run of a study's analysis: its tools, and what has been read about the study. */
export interface StudyRun {
  readonly dependencies: AnalysisDependencies
  readonly core: StudyCore
  readonly comparisons: ReturnType<typeof createComparisons>
  readonly job: Job
  readonly context: RunContext
  readonly step: TimeStep
  readonly series: readonly SeriesFacts[]
  readonly patientId: string | undefined
  readonly studyFingerprint: string
  readonly recentJobs: readonly Job[]
}
