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
  readonly verdicts: readonly SeriesVerdict[]
  /** Digest of the chosen series' instances and revisions as the archive listed them. */
  readonly sourceFingerprint: string | undefined
  /** Digest of the source instances' content; names the result. */
  readonly contentDigest: string | undefined
  readonly measuredSeriesInstanceUid: string | undefined
  readonly sourceInstanceCount: number | undefined
  readonly volumes: readonly HippocampusVolumes[]
  readonly warnings: readonly string[]
  readonly model:
    | { readonly name: string; readonly version: string; readonly sha256: string }
    | undefined
  readonly softwareVersion: string
  readonly stored: readonly StoredResult[]
}
