import type { Code } from '../dicom/codes.ts'

/** A FHIR Coding (R4 2.24). */
export interface Coding {
  readonly system: string
  readonly code: string
  readonly display: string
}

/** A FHIR CodeableConcept. */
export interface CodeableConcept {
  readonly coding?: readonly Coding[]
  readonly text?: string
}

/** Identifiers of coding schemes in FHIR (R4 4.3). */
const systems: Readonly<Record<string, string>> = {
  DCM: 'http://dicom.nema.org/resources/ontology/DCM',
  SCT: 'http://snomed.info/sct',
  LN: 'http://loinc.org',
}

export const ucum = 'http://unitsofmeasure.org'

/** A concept of DICOM as FHIR writes it; one of no standard scheme is given by its text alone. */
export function concept({ value, scheme, meaning }: Code, text?: string): CodeableConcept {
  const system = systems[scheme]
  return {
    ...(system !== undefined && { coding: [{ system, code: value, display: meaning }] }),
    ...(text === undefined ? system === undefined && { text: meaning } : { text }),
  }
}

/** A FHIR Quantity in UCUM. */
export function quantity(value: number, code: string, unit = code, digits = 1) {
  return { value: Number(value.toFixed(digits)), unit, system: ucum, code }
}
