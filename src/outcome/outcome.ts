import type { ErrorRecord } from '../errors.ts'
import type { Asymmetry } from '../measurement/asymmetry.ts'
import type { ChangeOverTime } from '../measurement/change-over-time.ts'
import type { HippocampusVolumes } from '../measurement/hippocampus-volumes.ts'
import type { IntracranialVolume } from '../measurement/intracranial-volume.ts'
import type { NormativeComparison } from '../measurement/norms/compare-with-norms.ts'
import type { QualityFinding, QualityVerdict } from '../measurement/quality-finding.ts'
import type { SideConfidence } from '../measuring/measure-series.ts'
import type { SeriesKind, SeriesVerdict } from '../selection/series-choice.ts'

/**
 * What an instance of a result is: the Segmentation, the structured report, the page as Secondary
 * Capture, its second page with slices, and both as PDF; or, where a series was looked at and not measured, the page that says
 * why.
 */
export type StoredRole =
  | 'segmentation'
  | 'measurements'
  | 'report'
  | 'montage'
  | 'document'
  | 'rejection'

/** One DICOM instance this product wrote into the archive. */
export interface StoredResult {
  readonly role: StoredRole
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  readonly seriesInstanceUid: string
  readonly orthancInstanceId: string
}

/** How far a result has come on its way from the archive to one configured target. */
export interface ForwardedResult {
  /** The target's name in Orthanc's configuration. */
  readonly target: string
  readonly kind: 'modality' | 'peer'
  /** `pending`: to be sent, perhaps again; `failed`: given up until a person asks for a re-run. */
  readonly state: 'pending' | 'sent' | 'failed'
  /** ISO 8601 time of the last change. */
  readonly at: string
  /** SOPInstanceUIDs of the instances the target has taken; never sent to it again. */
  readonly sentInstances: readonly string[]
  /** Orthanc's job that is sending one of the others. */
  readonly underway?: { readonly orthancJobId: string; readonly sopInstanceUid: string } | undefined
  /** Why the last attempt did not send everything. */
  readonly error?: ErrorRecord | undefined
}

/** What a job found; kept on the job as JSON and shown by GET /jobs/{id}/results. */
export interface AnalysisOutcome {
  /** What every series of the study was judged, in the order of their numbers. */
  readonly verdicts: readonly SeriesVerdict[]
  /** Digest of all source instances of the study as the archive listed them. */
  readonly studyFingerprint: string
  /** What was measured; undefined when the study was rejected. */
  readonly result: MeasuredResult | undefined
  /** The series that was chosen, looked at and not measured; absent where none was. */
  readonly rejection?: RejectedSeries | undefined
  /**
   * Where the result was sent on to, one entry per target; on the job that made the result. Absent when
   * nothing is configured.
   */
  readonly forwarded?: readonly ForwardedResult[]
  /** Job whose result this is, when the study held nothing new. */
  readonly sameAsJobId?: string
}

/** A series that was looked at and whose numbers must not be believed. */
export interface RejectedSeries {
  readonly seriesInstanceUid: string
  readonly kind: SeriesKind
  /** What the quality gates found before the first of them rejected. */
  readonly quality: readonly QualityFinding[]
  /** The page that says why; empty where none is made (REPORT_REJECTED) or the images cannot be read. */
  readonly stored: readonly StoredResult[]
}

/** One measured series with everything that names and explains the result. */
export interface MeasuredResult {
  readonly measuredSeriesInstanceUid: string
  readonly sourceInstanceCount: number
  /** Digest of the series' instances as the archive listed them: tells growth and replacement. */
  readonly sourceFingerprint: string
  /** Digest of the source instances' content: names the result. */
  readonly contentDigest: string
  /** A crop around one hippocampus, or a whole head. */
  readonly kind: SeriesKind
  readonly volumes: readonly HippocampusVolumes[]
  /** What the images say of the study and the person; absent on results of older versions. */
  readonly subject?: MeasuredSubject | undefined
  /** Of a whole head. */
  readonly intracranialVolume?: IntracranialVolume | undefined
  /** How sure the model was of each side; absent on results of older versions. */
  readonly confidence?: readonly SideConfidence[]
  /** The worst of the quality gates' findings, and all of them. */
  readonly verdict: QualityVerdict
  readonly quality: readonly QualityFinding[]
  readonly warnings: readonly string[]
  /** Against people of the same age, sex and head size, or why not; absent on results of older versions. */
  readonly norms?: NormativeComparison | undefined
  /** Of the two sides; absent where only one was measured. */
  readonly asymmetry?: Asymmetry | undefined
  readonly model: { readonly name: string; readonly version: string; readonly sha256: string }
  readonly softwareVersion: string
  readonly configDigest: string
  /** 0, or the count of the forced run. */
  readonly runNumber: number
  /** ISO 8601 time written into the results. */
  readonly analysedAt: string
  readonly stored: readonly StoredResult[]
  /** The result this one replaced when it was made. */
  readonly replaces?: ReplacedResult | undefined
  /** What earlier studies told when it was made; absent where they were not looked for. */
  readonly history?: ChangeOverTime | undefined
}

/** Of whom and when a measured study is, without what names the person. */
export interface MeasuredSubject {
  /** DICOM DA. */
  readonly studyDate?: string | undefined
  /** DICOM AS such as 061Y. */
  readonly age?: string | undefined
  readonly sex?: 'M' | 'F' | 'O' | undefined
}

/** What a new result says of the one it replaces. */
export interface ReplacedResult {
  readonly jobId: string
  readonly analysedAt: string
  readonly sourceInstanceCount: number
  /** Its structured report, which the new one names as predecessor; absent where it made none. */
  readonly measurements?: StoredResult | undefined
}
