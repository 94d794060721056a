import type { HippocampusVolumes } from '../measurement/hippocampus-volumes.ts'
import type { SeriesVerdict } from '../selection/series-choice.ts'

/** One DICOM instance this product wrote into the archive. */
export interface StoredResult {
  readonly role: 'report'
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  readonly seriesInstanceUid: string
  readonly orthancInstanceId: string
}

/** What a job found; kept on the job as JSON and shown by GET /jobs/{id}/results. */
export interface AnalysisOutcome {
  /** What every series of the study was judged, in the order of their numbers. */
  readonly verdicts: readonly SeriesVerdict[]
  /** Digest of all source instances of the study as the archive listed them. */
  readonly studyFingerprint: string
  /** What was measured; undefined when the study was rejected. */
  readonly result: MeasuredResult | undefined
  /** Job whose result this is, when the study held nothing new. */
  readonly sameAsJobId?: string
}

/** One measured series with everything that names and explains the result. */
export interface MeasuredResult {
  readonly measuredSeriesInstanceUid: string
  readonly sourceInstanceCount: number
  /** Digest of the series' instances as the archive listed them: tells growth and replacement. */
  readonly sourceFingerprint: string
  /** Digest of the source instances' content: names the result. */
  readonly contentDigest: string
  readonly volumes: readonly HippocampusVolumes[]
  readonly warnings: readonly string[]
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
}

/** What a page says of the result it replaces. */
export interface ReplacedResult {
  readonly jobId: string
  readonly analysedAt: string
  readonly sourceInstanceCount: number
}
