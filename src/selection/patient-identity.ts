import { computeAge } from './patient-age.ts'
import type { SeriesFacts } from './series-facts.ts'

/** The patient stated by a study. Only compared: never logged, never part of a sentence. */
export interface PatientIdentity {
  readonly patientId: string
  readonly issuerOfPatientId: string | undefined
  /** DICOM DA. */
  readonly birthDate: string
  readonly sex: string
}

/** Why a study does not count as the same person's. The sentence calls the study "it". */
export interface IdentityProblem {
  readonly reason: 'IDENTITY_UNCERTAIN' | 'IDENTITY_CONTRADICTED'
  readonly sentence: string
}

export type ReadIdentity =
  | { readonly identity: PatientIdentity; readonly problem?: undefined }
  | { readonly identity?: undefined; readonly problem: IdentityProblem }

/** Placeholders for an unknown patient ID, without blanks and punctuation. */
const placeholders =
  /^(|(.)\2*|anon(ym(ous|ized|ised|e|us)?)?|unknown|unidentified|none|null|nil|undefined|na|notavailable|notassigned|noid|nopid|missing|empty|default|temp|test|dummy|patient(id)?|id|pid|phantom|qa|0*12345?6?7?8?9?0?)$/

/**
 * Whether a PatientID identifies one person: not empty, not a placeholder, not a repeated
 * character, not 1234.
 */
export function isUsablePatientId(patientId: string | undefined): boolean {
  const plain = (patientId ?? '').toLowerCase().replace(/[\s._,;:/\\()[\]<>*?#'"^|-]/g, '')
  return !placeholders.test(plain)
}

const uncertain = (sentence: string): { readonly problem: IdentityProblem } => ({
  problem: { reason: 'IDENTITY_UNCERTAIN', sentence },
})

/**
 * The patient stated by the source series of a study, or a problem if it is not sufficiently
 * identified: patient ID, birth date and sex must be present, and the same in every series that
 * states them (a crop made by research software often lacks two of them).
 */
export function readIdentity(series: readonly SeriesFacts[]): ReadIdentity {
  const sources = series.filter(({ isOwnResult }) => !isOwnResult)
  const valuesOf = (read: (facts: SeriesFacts) => string | undefined) => [
    ...new Set(sources.flatMap((facts) => read(facts)?.trim() || [])),
  ]
  const patientIds = valuesOf(({ patientId }) => patientId)
  const issuers = valuesOf(({ issuerOfPatientId }) => issuerOfPatientId)
  // A birth date with an impossible age, such as 19000101, counts as unknown.
  const birthDates = valuesOf(({ patientBirthDate, studyDate }) =>
    computeAge(patientBirthDate, studyDate) === undefined ? undefined : patientBirthDate,
  )
  const sexes = valuesOf(({ patientSex }) => /^[MFO]$/i.exec(patientSex?.trim() ?? '')?.[0]).map(
    (sex) => sex.toUpperCase(),
  )
  const all = { 'patient ID': patientIds, issuer: issuers, 'birth date': birthDates, sex: sexes }
  const disagreed = Object.entries(all).find(([, values]) => new Set(values).size > 1)
  if (disagreed !== undefined) {
    return uncertain(`Its series disagree on the ${disagreed[0]} of the patient.`)
  }
  const [patientId] = patientIds
  const [birthDate] = birthDates
  const [sex] = sexes
  if (patientId === undefined || !isUsablePatientId(patientId)) {
    return uncertain('It has no patient ID that identifies one person.')
  }
  if (birthDate === undefined || sex === undefined) {
    const lacking = [...(birthDate ? [] : ['birth date']), ...(sex ? [] : ['sex'])].join(' and ')
    return uncertain(
      `It does not state the patient's ${lacking}; the patient ID alone could be another person's.`,
    )
  }
  return { identity: { patientId, issuerOfPatientId: issuers[0], birthDate, sex } }
}

/**
 * Why two studies may not be of one person; undefined if ID, issuer, birth date and sex all agree.
 * An issuer stated by only one of them counts against it: the same ID at two hospitals means two
 * people.
 */
export function findContradiction(
  one: PatientIdentity,
  other: PatientIdentity,
): IdentityProblem | undefined {
  const mayBeAnother = 'It may be of another person with the same patient ID.'
  if (one.patientId !== other.patientId) {
    return { reason: 'IDENTITY_CONTRADICTED', sentence: 'It has another patient ID.' }
  }
  if (one.issuerOfPatientId !== other.issuerOfPatientId) {
    const isSilent = one.issuerOfPatientId === undefined || other.issuerOfPatientId === undefined
    return isSilent
      ? {
          reason: 'IDENTITY_UNCERTAIN',
          sentence: `Only one of the two studies states who issued the patient ID. ${mayBeAnother}`,
        }
      : {
          reason: 'IDENTITY_CONTRADICTED',
          sentence: `Its patient ID was issued by someone else. ${mayBeAnother}`,
        }
  }
  const differs = [
    ...(one.birthDate === other.birthDate ? [] : ['birth date']),
    ...(one.sex === other.sex ? [] : ['sex']),
  ]
  if (differs.length === 0) return undefined
  return {
    reason: 'IDENTITY_CONTRADICTED',
    sentence: `The ${differs.join(' and the ')} of the patient ${differs.length === 1 ? 'differs' : 'differ'}. ${mayBeAnother}`,
  }
}
