import type { StudyIdentity } from '../dicom/study-identity.ts'
import type { Asymmetry } from '../measurement/asymmetry.ts'
import type { HippocampusVolumes } from '../measurement/hippocampus-volumes.ts'
import type { IntracranialVolume } from '../measurement/intracranial-volume.ts'
import type { LongitudinalChange } from '../measurement/longitudinal-change.ts'
import type { NormativeComparison } from '../measurement/norms/compare-with-norms.ts'
import type { TemporalHorn } from '../measurement/temporal-horn.ts'
import type { JobAnswer } from '../queue/job.ts'

/** URIs of a site's identifiers, used if the images do not name their issuer. */
export interface IdentifierSystems {
  readonly patientId?: string | undefined
  readonly accessionNumber?: string | undefined
}

/** The content of a FHIR report. */
export interface FhirInput {
  /** Identifies the report; equal input gives an equal bundle. */
  readonly jobId: string
  readonly studyInstanceUid: string
  /** Of the measured series; absent in results of older versions. */
  readonly seriesInstanceUid?: string | undefined
  readonly identity: StudyIdentity
  readonly systems: IdentifierSystems
  /** Time of the scan, ISO 8601, with an offset where the zone is known; or its date, YYYYMMDD. */
  readonly scannedAt?: string | undefined
  /** ISO 8601. */
  readonly analysedAt: string
  readonly volumes: readonly HippocampusVolumes[]
  readonly intracranialVolume?: IntracranialVolume | undefined
  /** Beside the hippocampi of a whole head. */
  readonly horns?: readonly TemporalHorn[] | undefined
  readonly norms?: NormativeComparison | undefined
  readonly asymmetry?: Asymmetry | undefined
  /** Sentences to paste; absent in results of older versions. */
  readonly impression?: { readonly text: string } | undefined
  /** The comparison with earlier studies; used for the change measured image against image. */
  readonly history?: { readonly longitudinal?: LongitudinalChange | undefined } | undefined
  readonly warnings: readonly string[]
  /** The reader's answer to the result. */
  readonly answer?: JobAnswer | undefined
  readonly model: { readonly name: string; readonly version: string; readonly sha256: string }
  readonly softwareVersion: string
  /** Absolute URL of the page, if known. */
  readonly reportUrl?: string | undefined
}
