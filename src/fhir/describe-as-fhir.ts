import { outcomeOf } from '../outcome/outcome.ts'
import type { Job } from '../queue/job.ts'
import { buildFhirBundle, type FhirBundle } from './diagnostic-report.ts'

/** The result kept on a job as a FHIR bundle; undefined when the job has none. */
export function describeAsFhir(job: Job, reportPath: string): FhirBundle | undefined {
  const result = outcomeOf(job)?.result
  if (result === undefined) return undefined
  const { id: jobId, studyInstanceUid } = job
  return buildFhirBundle({
    ...result,
    horns: result.temporalHorns,
    jobId,
    studyInstanceUid,
    reportPath,
  })
}
