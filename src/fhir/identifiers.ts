import type { Issuer } from '../dicom/study-identity.ts'
import { hl7Concept } from './codings.ts'
import type { FhirInput } from './fhir-input.ts'

/** System of the identifiers of reports and Observations (makeUid of fhir and results). */
export const resultSystem = 'urn:oid:2.25.313268402387729380547662907438401537579'

/** System of the identifiers of devices (makeUid of fhir and devices). */
export const deviceSystem = 'urn:oid:2.25.213944513274768459996529404919125785473'

/** The URI of an identifier's issuer; undefined if the images do not name it universally. */
function systemOf({ universalId, universalIdType }: Issuer): string | undefined {
  if (universalId === undefined) return undefined
  const type = universalIdType?.toUpperCase()
  if (type === 'ISO') return `urn:oid:${universalId}`
  if (type === 'UUID') return `urn:uuid:${universalId.toLowerCase()}`
  return type === 'URI' ? universalId : undefined
}

function identifier(
  type: readonly [code: string, display: string],
  value: string,
  issuer: Issuer,
  siteSystem: string | undefined,
) {
  const system = systemOf(issuer) ?? siteSystem
  return {
    type: hl7Concept('v2-0203', ...type),
    ...(system !== undefined && { system }),
    value,
    ...(issuer.name !== undefined && { assigner: { display: issuer.name } }),
  }
}

/** The study by its UID, as FHIR writes it (R4 ImagingStudy.identifier). */
export function studyIdentifier(studyInstanceUid: string) {
  return { system: 'urn:dicom:uid', value: `urn:oid:${studyInstanceUid}` }
}

/** The patient, by the PatientID of the images and its issuer; empty without a PatientID. */
export function subjectReference({ identity, systems }: FhirInput) {
  const { patientId, patientIdIssuer } = identity
  if (patientId === undefined) {
    return { type: 'Patient', display: 'The images have no patient ID' }
  }
  const type = ['MR', 'Medical record number'] as const
  return {
    type: 'Patient',
    identifier: identifier(type, patientId, patientIdIssuer, systems.patientId),
  }
}

/** The order, by its accession number; none if the images have none. */
export function orderReferences({ identity, systems }: FhirInput) {
  const { accessionNumber, accessionIssuer } = identity
  if (accessionNumber === undefined) return []
  const type = ['ACSN', 'Accession ID'] as const
  return [
    {
      type: 'ServiceRequest',
      identifier: identifier(type, accessionNumber, accessionIssuer, systems.accessionNumber),
    },
  ]
}

/**
 * Identifier of a resource about a study: a later result of the same study has the same and
 * replaces it.
 */
export function resultIdentifier({ studyInstanceUid }: FhirInput, name: string) {
  return { system: resultSystem, value: `${studyInstanceUid}/${name.replaceAll(' ', '-')}` }
}
