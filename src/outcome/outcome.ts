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

// The shapes are those of outcome-schema.ts; types of other rooms stand in where they say more.
type With<Described, Exact> = Omit<Described, keyof Exact> & Exact

/** One DICOM instance this product wrote into the archive. */
export type StoredResult = Kept<Static<typeof storedResult>>

/** What an instance of a result is. */
export type StoredRole = StoredResult['role']

/** How far a result has come on its way from the archive to one configured target. */
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

/** Of whom and when a measured study is, without what names the person. */
export type MeasuredSubject = NonNullable<MeasuredResult['subject']>

/** What a new result says of the one it replaces. */
export type ReplacedResult = NonNullable<MeasuredResult['replaces']>

/** What a job found; kept on the job as JSON and shown by GET /jobs/{id}/results. */
export type AnalysisOutcome = With<
  Kept<Static<typeof outcomeSchema>>,
  {
    readonly verdicts: readonly SeriesVerdict[]
    readonly result?: MeasuredResult | undefined
    readonly rejection?: RejectedSeries | undefined
    readonly forwarded?: readonly ForwardedResult[] | undefined
  }
>

/** What a job found, or undefined: the queue keeps it as JSON and knows nothing of its shape. */
export function outcomeOf(job: { readonly outcome?: unknown }): AnalysisOutcome | undefined {
  return job.outcome as AnalysisOutcome | undefined
}
