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

/** Display names by the scheme's owner where they differ from DICOM's meanings. */
const displays: Readonly<Record<string, string>> = { '24590-2': 'MR Brain' }

/** This product's own codes (makeUid of coding-scheme and 99HIPPOVOLUME); docs/fhir-and-hl7.md lists them. */
export const ownCodeSystem = 'urn:oid:2.25.223274744210290116975809022859753244413'

export const ucum = 'http://unitsofmeasure.org'

/** A concept without a known code in a standard scheme. */
export function ownConcept(code: string, display: string): CodeableConcept {
  return { coding: [{ system: ownCodeSystem, code, display }], text: display }
}

/** A DICOM concept in FHIR; one without a standard scheme is given only as text. */
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
