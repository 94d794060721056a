import type { Asymmetry } from '../measurement/asymmetry.ts'
import type { HippocampusVolumes } from '../measurement/hippocampus-volumes.ts'
import type { IntracranialVolume } from '../measurement/intracranial-volume.ts'
import type { LongitudinalChange } from '../measurement/longitudinal-change.ts'
import type { NormativeComparison } from '../measurement/norms/compare-with-norms.ts'

/** What a FHIR report tells; no name, birth date or patient identifier is among it. */
export interface FhirInput {
  /** Names the report; equal input gives an equal bundle. */
  readonly jobId: string
  readonly studyInstanceUid: string
  /** ISO 8601. */
  readonly analysedAt: string
  readonly volumes: readonly HippocampusVolumes[]
  readonly intracranialVolume?: IntracranialVolume | undefined
  readonly norms?: NormativeComparison | undefined
  readonly asymmetry?: Asymmetry | undefined
  /** What earlier studies told; of it the change measured image against image. */
  readonly history?: { readonly longitudinal?: LongitudinalChange | undefined } | undefined
  readonly warnings: readonly string[]
  readonly model: { readonly name: string; readonly version: string; readonly sha256: string }
  readonly softwareVersion: string
  /** Path of the page on this service. */
  readonly reportPath: string
}
