import type { Archive } from '../archive/archive.ts'
import type { Config } from '../config.ts'
import { describeAsFhir } from '../fhir/describe-as-fhir.ts'
import type { IdentifierSystems } from '../fhir/fhir-input.ts'
import type { DescribeAsFhir } from '../http/fhir-route.ts'
import { jobPath } from '../http/job-view.ts'
import { readIdentity } from './read-identity.ts'

type Settings = Pick<Config, 'PUBLIC_URL' | 'PATIENT_ID_SYSTEM' | 'ACCESSION_SYSTEM'>

/** URIs of the site's identifiers. */
export function listSystems(config: Settings): IdentifierSystems {
  return { patientId: config.PATIENT_ID_SYSTEM, accessionNumber: config.ACCESSION_SYSTEM }
}

/** URL of a job's page, relative to the service's own. */
export function locateReport(address: string, jobId: string): string {
  return `${address.replace(/\/+$/, '')}${jobPath(jobId)}/report.png`
}

/** The response of GET .../fhir, with patient and order from the archive. */
export function openFhir(archive: Pick<Archive, 'readInstance'>, config: Settings): DescribeAsFhir {
  return async (job, address) =>
    describeAsFhir(job, {
      identity:
        (await readIdentity(archive, job)) ??
        (await import('../dicom/study-identity.ts')).unknownIdentity,
      systems: listSystems(config),
      reportUrl: locateReport(config.PUBLIC_URL ?? address, job.id),
    })
}
