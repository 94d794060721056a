import type { DicomDataset, DicomInstance } from './dicom-instance.ts'
import { readSequence, readString } from './read-attributes.ts'

/** Issuer of an identifier, as stated in the images (HL7 v2 HD, PS3.3 10.14 and 10.17). */
export interface Issuer {
  /** Local name, such as RADIOLOGY. */
  readonly name?: string | undefined
  /** Universal name and its type, such as an OID and ISO. */
  readonly universalId?: string | undefined
  readonly universalIdType?: string | undefined
}

/** Patient and order as stated in the images. */
export interface StudyIdentity {
  readonly patientId: string | undefined
  readonly patientIdIssuer: Issuer
  /** DICOM PN. */
  readonly patientName: string | undefined
  /** DICOM DA. */
  readonly patientBirthDate: string | undefined
  /** DICOM CS: M, F or O. */
  readonly patientSex: string | undefined
  readonly accessionNumber: string | undefined
  readonly accessionIssuer: Issuer
}

/** Identity of an unknown person. */
export const unknownIdentity: StudyIdentity = {
  patientId: undefined,
  patientIdIssuer: {},
  patientName: undefined,
  patientBirthDate: undefined,
  patientSex: undefined,
  accessionNumber: undefined,
  accessionIssuer: {},
}

const filled = (text: string | undefined) => text?.trim() || undefined

function readUniversal(item: DicomDataset | undefined, id: string, type: string): Issuer {
  return {
    universalId: item && filled(readString(item, id)),
    universalIdType: item && filled(readString(item, type)),
  }
}

/**
 * Patient and order of an instance: PatientID with its issuer (IssuerOfPatientID and the universal
 * identifier of its qualifiers), and the accession number with its own.
 */
export function readStudyIdentity({ dataset }: DicomInstance): StudyIdentity {
  const text = (keyword: string) => filled(readString(dataset, keyword))
  const qualifiers = readSequence(dataset, 'IssuerOfPatientIDQualifiersSequence')?.[0]
  const accession = readSequence(dataset, 'IssuerOfAccessionNumberSequence')?.[0]
  return {
    patientId: text('PatientID'),
    patientIdIssuer: {
      name: text('IssuerOfPatientID'),
      ...readUniversal(qualifiers, 'UniversalEntityID', 'UniversalEntityIDType'),
    },
    patientName: text('PatientName'),
    patientBirthDate: text('PatientBirthDate'),
    patientSex: text('PatientSex'),
    accessionNumber: text('AccessionNumber'),
    accessionIssuer: {
      name: accession && filled(readString(accession, 'LocalNamespaceEntityID')),
      ...readUniversal(accession, 'UniversalEntityID', 'UniversalEntityIDType'),
    },
  }
}
