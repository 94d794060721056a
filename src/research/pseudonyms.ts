import { createHmac } from 'node:crypto'
import { isUsablePatientId } from '../selection/patient-identity.ts'
import type { ResultRow } from './result-row.ts'

/** Higher ages are given as 90: they could identify a person (45 CFR 164.514). */
const oldestTold = 89
const longestShift = 365

/**
 * Removes everything that identifies a person, a study or a time from a row; the same secret always
 * gives the same codes, so that exports of different days match, and nobody without it can make or
 * check one.
 * - patient_id becomes a code of 20 hexadecimal digits; an ID that stands for nobody (ANON, 0000) gives
 * each study a code of its own rather than one person to all.
 * - Dates move back by 1 to 365 days, the same for all studies of a patient, so that the time between
 * them stays. Without a patient there is no shift, and no date.
 * - UIDs become others under 2.25 (PS3.5 B.2), job_id a code.
 * - Free texts, sentences and the time of the analysis are left out.
 */
export function createPseudonyms(secret: string): (row: ResultRow) => ResultRow {
  const digest = (kind: string, text: string) =>
    createHmac('sha256', secret).update(`${kind}\0${text}`).digest()
  const code = (kind: string, text: string) => digest(kind, text).toString('hex').slice(0, 20)
  const uid = (text: string) =>
    `2.25.${BigInt(`0x${digest('uid', text).toString('hex').slice(0, 32)}`)}`
  const shift = (day: string, key: string) => {
    const days = 1 + (digest('shift', key).readUInt32BE() % longestShift)
    return new Date(Date.parse(`${day}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10)
  }
  const map = <Value>(value: unknown, change: (text: string) => Value) =>
    typeof value === 'string' ? change(value) : undefined

  return (row) => {
    const patientId = row.patient_id as string | undefined
    const person = isUsablePatientId(patientId)
      ? `patient ${patientId}`
      : patientId && `study ${row.study_instance_uid}`
    const { age_years: age } = row
    return {
      ...row,
      patient_id: person && code('patient', person),
      study_instance_uid: map(row.study_instance_uid, uid),
      series_instance_uid: map(row.series_instance_uid, uid),
      study_date: person && map(row.study_date, (day) => shift(day, person)),
      age_years: typeof age === 'number' && age > oldestTold ? oldestTold + 1 : age,
      job_id: map(row.job_id, (id) => code('job', id)),
      series_description: undefined,
      error_message: undefined,
      analysed_at: undefined,
      answer_reason: undefined,
      answer_reader: undefined,
      answered_by: undefined,
      answered_at: undefined,
    }
  }
}
