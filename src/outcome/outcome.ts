import type { Static } from 'typebox'
import type { ErrorRecord } from '../errors.ts'
import type { Asymmetry } from '../measurement/asymmetry.ts'
import type { ChangeOverTime } from '../measurement/change-over-time.ts'
import type { HippocampusVolumes } from '../measurement/hippocampus-volumes.ts'
import type { NormativeComparison } from '../measurement/norms/compare-with-norms.ts'
import type { QualityFinding } from '../measurement/quality-finding.ts'
import type { TemporalHorn } from '../measurement/temporal-horn.ts'
import type { SeriesVerdict } from '../selection/series-choice.ts'
import type { Kept } from './kept.ts'
import type {
  forwardedResult,
  measuredResult,
  outcomeSchema,
  rejectedSeries,
  storedResult,
} from './outcome-schema.ts'

// The shapes are those of outcome-schema.ts, with more specific types of other rooms where
// available.
type With<Described, Exact> = Omit<Described, keyof Exact> & Exact

/** One DICOM instance this product wrote into the archive. */
export type StoredResult = Kept<Static<typeof storedResult>>

/** The kind of an instance of a result. */
export type StoredRole = StoredResult['role']

/** State of forwarding a result to one configured target. */
export type ForwardedResult = With<
  Kept<Static<typeof forwardedResult>>,
  { readonly error?: ErrorRecord | undefined }
>

/** A series that was selected and could not be measured reliably. */
export type RejectedSeries = With<
  Kept<Static<typeof rejectedSeries>>,
  { readonly quality: readonly QualityFinding[] }
>

type DescribedResult = Kept<Static<typeof measuredResult>>

/** One measured series with everything that names and explains the result. */
export type MeasuredResult = With<
  DescribedResult,
  {
    readonly volumes: readonly HippocampusVolumes[]
    readonly quality: readonly QualityFinding[]
    readonly kind: NonNullable<DescribedResult['kind']>
    readonly verdict: NonNullable<DescribedResult['verdict']>
    readonly norms?: NormativeComparison | undefined
    readonly asymmetry?: Asymmetry | undefined
    readonly temporalHorns?: readonly TemporalHorn[] | undefined
    readonly history?: ChangeOverTime | undefined
  }
>

/** Facts about person and time of a measured study, without identifying the person. */
export type MeasuredSubject = NonNullable<MeasuredResult['subject']>

/** Facts in a new result about the one it replaces. */
export type ReplacedResult = NonNullable<MeasuredResult['replaces']>

/** The outcome of a job; kept on the job as JSON and shown by GET /jobs/{id}/results. */
export type AnalysisOutcome = With<
  Kept<Static<typeof outcomeSchema>>,
  {
    readonly verdicts: readonly SeriesVerdict[]
    readonly result?: MeasuredResult | undefined
    readonly rejection?: RejectedSeries | undefined
    readonly forwarded?: readonly ForwardedResult[] | undefined
  }
>

/** The outcome of a job, or undefined: the queue stores it as JSON without knowing its shape. */
export function outcomeOf(job: { readonly outcome?: unknown }): AnalysisOutcome | undefined {
  return job.outcome as AnalysisOutcome | undefined
}
