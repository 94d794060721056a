import type { Issuer, StudyIdentity } from '../dicom/study-identity.ts'
import { escapeText, joinComponents } from './escape-text.ts'

/** An assigning authority (HD) as a component: its parts are subcomponents. */
export function formatAuthority({ name, universalId, universalIdType }: Issuer): string {
  const parts = [name, universalId, universalId && universalIdType]
  return parts
    .map((part) => escapeText(part ?? ''))
    .join('&')
    .replace(/&+$/, '')
}

/**
 * The alphabetic form of a DICOM name (PN) as XPN, which has suffix and prefix in reverse order.
 */
function formatName(name: string | undefined): string {
  const [family, given, middle, prefix, suffix] = (name?.split('=')[0] ?? '').split('^')
  return joinComponents([family, given, middle, suffix, prefix])
}

const sexes: Readonly<Record<string, string>> = { M: 'M', F: 'F', O: 'O' }

/** PID (2.5.1, 3.4.2): patient ID with its issuer, name, birth date and sex from the images. */
export function patientSegment(identity: StudyIdentity): string {
  const { patientId = '', patientIdIssuer, patientName, patientBirthDate = '' } = identity
  const authority = formatAuthority(patientIdIssuer)
  const id = `${escapeText(patientId)}^^^${authority}^MR`
  const birthDate = /^\d{8}$/.test(patientBirthDate) ? patientBirthDate : ''
  const sex = sexes[identity.patientSex ?? ''] ?? 'U'
  return ['PID', '1', '', id, '', formatName(patientName), '', birthDate, sex].join('|')
}
