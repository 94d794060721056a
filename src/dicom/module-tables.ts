/** Attributes of a module of PS3.3 with their types; conditional types (1C, 2C) count as 3. */
export interface ModuleTable {
  readonly name: string
  /** True for a module that is omitted unless the source has all its type 1 attributes. */
  readonly optional: boolean
  readonly type1: readonly string[]
  readonly type2: readonly string[]
  readonly type3: readonly string[]
}

/** PS3.3 C.7.1.1. */
export const patientModule: ModuleTable = {
  name: 'Patient',
  optional: false,
  type1: [],
  type2: ['PatientName', 'PatientID', 'PatientBirthDate', 'PatientSex'],
  type3: [
    'IssuerOfPatientID',
    'TypeOfPatientID',
    'IssuerOfPatientIDQualifiersSequence',
    'PatientBirthTime',
    'QualityControlSubject',
    'ReferencedPatientPhotoSequence',
    'OtherPatientIDsSequence',
    'OtherPatientNames',
    'EthnicGroup',
    'PatientComments',
    'PatientSpeciesDescription',
    'PatientSpeciesCodeSequence',
    'PatientBreedDescription',
    'PatientIdentityRemoved',
    'DeidentificationMethod',
    'DeidentificationMethodCodeSequence',
  ],
}

/** PS3.3 C.7.2.1. */
export const generalStudyModule: ModuleTable = {
  name: 'General Study',
  optional: false,
  type1: ['StudyInstanceUID'],
  type2: ['StudyDate', 'StudyTime', 'ReferringPhysicianName', 'StudyID', 'AccessionNumber'],
  type3: [
    'ReferringPhysicianIdentificationSequence',
    'ConsultingPhysicianName',
    'IssuerOfAccessionNumberSequence',
    'StudyDescription',
    'PhysiciansOfRecord',
    'PhysiciansOfRecordIdentificationSequence',
    'NameOfPhysiciansReadingStudy',
    'PhysiciansReadingStudyIdentificationSequence',
    'RequestingServiceCodeSequence',
    'ReferencedStudySequence',
    'ProcedureCodeSequence',
    'ReasonForPerformedProcedureCodeSequence',
  ],
}

/** PS3.3 C.7.2.2. */
export const patientStudyModule: ModuleTable = {
  name: 'Patient Study',
  optional: false,
  type1: [],
  type2: [],
  type3: [
    'AdmittingDiagnosesDescription',
    'AdmittingDiagnosesCodeSequence',
    'PatientAge',
    'PatientSize',
    'PatientWeight',
    'MedicalAlerts',
    'Allergies',
    'SmokingStatus',
    'PregnancyStatus',
    'LastMenstrualDate',
    'PatientState',
    'Occupation',
    'AdditionalPatientHistory',
    'AdmissionID',
    'IssuerOfAdmissionIDSequence',
    'PatientSexNeutered',
  ],
}

/** PS3.3 C.7.1.3. */
export const clinicalTrialSubjectModule: ModuleTable = {
  name: 'Clinical Trial Subject',
  optional: true,
  type1: ['ClinicalTrialSponsorName', 'ClinicalTrialProtocolID'],
  type2: ['ClinicalTrialProtocolName', 'ClinicalTrialSiteID', 'ClinicalTrialSiteName'],
  type3: [
    'IssuerOfClinicalTrialProtocolID',
    'IssuerOfClinicalTrialSiteID',
    'ClinicalTrialSubjectID',
    'IssuerOfClinicalTrialSubjectID',
    'ClinicalTrialSubjectReadingID',
    'IssuerOfClinicalTrialSubjectReadingID',
    'ClinicalTrialProtocolEthicsCommitteeName',
    'ClinicalTrialProtocolEthicsCommitteeApprovalNumber',
  ],
}

/** PS3.3 C.7.2.3; its anchor is of type 2, so the module is present if that attribute is. */
export const clinicalTrialStudyModule: ModuleTable = {
  name: 'Clinical Trial Study',
  optional: true,
  type1: [],
  type2: ['ClinicalTrialTimePointID'],
  type3: [
    'ClinicalTrialTimePointDescription',
    'IssuerOfClinicalTrialTimePointID',
    'LongitudinalTemporalOffsetFromEvent',
    'LongitudinalTemporalEventType',
    'ConsentForClinicalTrialUseSequence',
  ],
}

/** What every result copies from its source images: patient and study. */
export const sourceModules: readonly ModuleTable[] = [
  patientModule,
  clinicalTrialSubjectModule,
  generalStudyModule,
  patientStudyModule,
  clinicalTrialStudyModule,
]
