import type { StudyIdentity } from '../dicom/study-identity.ts'
import { outcomeOf } from '../outcome/outcome.ts'
import type { Job } from '../queue/job.ts'
import { buildFhirBundle, type FhirBundle } from './diagnostic-report.ts'
import type { IdentifierSystems } from './fhir-input.ts'

/** Facts of a bundle that are not kept on the job. */
export interface FhirSurroundings {
  readonly identity: StudyIdentity
  readonly systems: IdentifierSystems
  /** Absolute URL of the report page, if known. */
  readonly reportUrl?: string | undefined
}

/** The result kept on a job as a FHIR bundle; undefined when the job has none. */
export function describeAsFhir(job: Job, surroundings: FhirSurroundings): FhirBundle | undefined {
  const result = outcomeOf(job)?.result
  if (result === undefined) return undefined
  const { id: jobId, studyInstanceUid } = job
  return buildFhirBundle({
    ...result,
    horns: result.temporalHorns,
    jobId,
    studyInstanceUid,
    answer: job.answer,
    seriesInstanceUid: result.measuredSeriesInstanceUid,
    scannedAt: result.subject?.scannedAt ?? result.subject?.studyDate,
    ...surroundings,
  })
}
