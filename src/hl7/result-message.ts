import { createHash } from 'node:crypto'
import { privateScheme } from '../dicom/codes.ts'
import type { StudyIdentity } from '../dicom/study-identity.ts'
import type { FhirBundle } from '../fhir/diagnostic-report.ts'
import type { JobAnswer } from '../queue/job.ts'
import { escapeText, joinComponents } from './escape-text.ts'
import { formatHl7Time } from './hl7-time.ts'
import {
  formatCode,
  listRows,
  type ObservationRow,
  observationSegment,
  type RowStatus,
} from './observation-segments.ts'
import { formatAuthority, patientSegment } from './patient-segment.ts'

/** Sender and receiver: MSH-3 to MSH-6. */
export interface Hl7Parties {
  readonly sendingApplication: string
  readonly sendingFacility?: string | undefined
  readonly receivingApplication?: string | undefined
  readonly receivingFacility?: string | undefined
}

export interface ResultMessageInput {
  readonly jobId: string
  readonly studyInstanceUid: string
  readonly identity: StudyIdentity
  /** ISO 8601, or a date YYYYMMDD. */
  readonly scannedAt?: string | undefined
  /** ISO 8601. */
  readonly analysedAt: string
  /** The result as FHIR; its Observations are the figures of the message. */
  readonly report: FhirBundle
  readonly reportUrl?: string | undefined
  /** The reader's answer to the result. */
  readonly answer?: JobAnswer | undefined
  readonly parties: Hl7Parties
}

/**
 * MSH-10 of the message about a job's result: at most 20 characters, the same for every
 * transmission, and a different one after a reader's answer.
 */
export function messageIdOf(jobId: string, answer?: JobAnswer | undefined): string {
  const told = answer === undefined ? jobId : `${jobId} ${answer.answer} ${answer.at}`
  const digest = createHash('sha256').update(`ORU ${told}`).digest('hex')
  return `HV${digest.slice(0, 18).toUpperCase()}`
}

function headerSegment({ parties, analysedAt, jobId, answer }: ResultMessageInput): string {
  const { sendingApplication, sendingFacility, receivingApplication, receivingFacility } = parties
  const names = [sendingApplication, sendingFacility, receivingApplication, receivingFacility]
  return [
    'MSH',
    '^~\\&',
    ...names.map((name) => escapeText(name ?? '')),
    formatHl7Time(analysedAt),
    '',
    'ORU^R01^ORU_R01',
    messageIdOf(jobId, answer),
    'P',
    '2.5.1',
    ...['', '', '', '', '', 'UNICODE UTF-8'],
  ].join('|')
}

/** OBR-25 (table 0123) and OBX-11: a rejected result is retracted. */
function statusesOf(answer: JobAnswer | undefined): { request: string; rows: RowStatus } {
  if (answer === undefined) return { request: 'P', rows: 'P' }
  return answer.answer === 'accepted' ? { request: 'F', rows: 'F' } : { request: 'X', rows: 'D' }
}

/** OBR (2.5.1, 4.5.3): the order by its accession number, or else the study. */
function requestSegment(input: ResultMessageInput): string {
  const { accessionNumber, accessionIssuer } = input.identity
  const filler =
    accessionNumber === undefined
      ? joinComponents([input.studyInstanceUid, privateScheme])
      : `${escapeText(accessionNumber)}^${formatAuthority(accessionIssuer).replaceAll('&', '^')}`
  const service = formatCode('HIPPOCAMPAL-VOLUMETRY', 'Hippocampal volumetry', {
    coding: [{ system: 'http://loinc.org', code: '24590-2', display: 'MR Brain' }],
  })
  const fields: string[] = Array.from({ length: 26 }, () => '')
  fields[0] = 'OBR'
  fields[1] = '1'
  fields[3] = filler.replace(/\^+$/, '')
  fields[4] = service
  fields[7] = formatHl7Time(input.scannedAt)
  fields[18] = escapeText(accessionNumber ?? '')
  fields[22] = formatHl7Time(input.analysedAt)
  fields[24] = 'RAD'
  fields[25] = statusesOf(input.answer).request
  return fields.join('|')
}

function listAllRows({ report, studyInstanceUid, reportUrl }: ResultMessageInput) {
  const { resource } = report.entry.find(
    ({ resource: { resourceType } }) => resourceType === 'DiagnosticReport',
  )!
  const text = (type: 'ST' | 'TX', code: string, value: string): ObservationRow => ({
    type,
    code,
    value: escapeText(value),
  })
  return [
    text('ST', '113014^DICOM Study^DCM', studyInstanceUid),
    ...listRows(report.entry),
    text('TX', formatCode('CONCLUSION', 'Conclusion'), String(resource.conclusion)),
    ...(reportUrl === undefined
      ? []
      : [text('ST', formatCode('REPORT-PAGE', 'Address of the report page'), reportUrl)]),
  ]
}

/**
 * A result as an HL7 v2.5.1 message ORU^R01, in UTF-8, preliminary until a reader has answered:
 * patient, order, every figure of the FHIR report, its conclusion, and the address of the page.
 * Equal input gives an equal message.
 */
export function writeResultMessage(input: ResultMessageInput): string {
  const time = formatHl7Time(input.scannedAt)
  const { rows } = statusesOf(input.answer)
  const observations = listAllRows(input).map((row, index) =>
    observationSegment(row, index + 1, time, rows),
  )
  const segments = [headerSegment(input), patientSegment(input.identity), requestSegment(input)]
  return [...segments, ...observations, ''].join('\r')
}
