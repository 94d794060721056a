import { createHash } from 'node:crypto'
import type { FhirInput } from './fhir-input.ts'

/** A UUID that is the same for the same names (RFC 9562, version 8). */
export function makeUuid(...names: readonly string[]): string {
  const bytes = createHash('sha256').update(names.join('\n')).digest().subarray(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x80
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-')
}

/** The study, by its UID. */
export function studyReference({ studyInstanceUid }: FhirInput) {
  return {
    type: 'ImagingStudy',
    identifier: { system: 'urn:dicom:uid', value: `urn:oid:${studyInstanceUid}` },
  }
}

/**
 * The patient, by the study alone: whoever holds the study knows whose it is, and nothing else here says
 * so.
 */
export function subjectReference({ studyInstanceUid }: FhirInput) {
  return {
    type: 'Patient',
    identifier: {
      type: { text: 'The patient of the study with this StudyInstanceUID' },
      system: 'urn:dicom:uid',
      value: `urn:oid:${studyInstanceUid}`,
    },
  }
}

/** Marks a resource as made for research (HL7 v3 ActReason). */
export const researchMeta = {
  security: [
    {
      system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason',
      code: 'HRESCH',
      display: 'healthcare research',
    },
  ],
} as const

export const researchNote = 'Research use only. Not for diagnostic use.'
