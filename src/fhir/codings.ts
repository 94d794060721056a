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

/** Names that a scheme's owner gives its codes where DICOM words them otherwise. */
const displays: Readonly<Record<string, string>> = { '24590-2': 'MR Brain' }

/** This product's own codes (makeUid of coding-scheme and 99HIPPOVOLUME); docs/fhir-and-hl7.md lists them. */
export const ownCodeSystem = 'urn:oid:2.25.223274744210290116975809022859753244413'

export const ucum = 'http://unitsofmeasure.org'

/** A concept for which no standard scheme is known to have a code. */
export function ownConcept(code: string, display: string): CodeableConcept {
  return { coding: [{ system: ownCodeSystem, code, display }], text: display }
}

/** A concept of DICOM as FHIR writes it; one of no standard scheme is given by its text alone. */
export function concept({ value, scheme, meaning }: Code, text?: string): CodeableConcept {
  const system = systems[scheme]
  const display = displays[value] ?? meaning
  return {
    ...(system !== undefined && { coding: [{ system, code: value, display }] }),
    ...(text === undefined ? system === undefined && { text: meaning } : { text }),
  }
}

/** One of HL7's own concepts. */
export function hl7Concept(table: string, code: string, display: string): CodeableConcept {
  return {
    coding: [{ system: `http://terminology.hl7.org/CodeSystem/${table}`, code, display }],
  }
}

/** A FHIR Quantity in UCUM. */
export function quantity(value: number, code: string, unit = code, digits = 1) {
  return { value: Number(value.toFixed(digits)), unit, system: ucum, code }
}
