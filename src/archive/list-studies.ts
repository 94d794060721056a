import { parseAnswer, patientStudiesAnswer, qidoAnswer, studyIdsAnswer } from './answers.ts'
import type { ArchiveHttp, CallOptions } from './archive-http.ts'
import { lookUp } from './find-study.ts'
import { findQueryLimit, keepMr, listWholeArchive } from './list-whole-archive.ts'
import { requestJson } from './read-answer.ts'

/** Query for studies with MR images: of a patient, of a date range, or both. */
export interface StudyListQuery {
  /** First and last StudyDate, DICOM DA, both included. */
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly patientId?: string | undefined
  /** Maximum number wanted; the archive may return more. */
  readonly limit?: number | undefined
}

/** A study as listed by the archive. */
export interface ListedStudy {
  readonly studyInstanceUid: string
  /** DICOM DA and TM as the archive has them. */
  readonly studyDate: string | undefined
  readonly studyTime?: string | undefined
  /** Orthanc's identifier, unless the study has to be looked up by its UID. */
  readonly orthancStudyId?: string | undefined
}

type Found = ListedStudy & { readonly patientId: string | undefined }

/** How long the known limit of studies per response stays valid. */
const limitLastsMilliseconds = 600_000
const knownLimits = new WeakMap<ArchiveHttp, { readonly at: number; readonly limit: number }>()

/** Whether a response with this many studies may be truncated. */
async function mayBeCutOff(
  http: ArchiveHttp,
  length: number,
  options: CallOptions,
): Promise<boolean> {
  if (length === 0) return false
  let known = knownLimits.get(http)
  if (known === undefined || performance.now() - known.at > limitLastsMilliseconds) {
    known = { at: performance.now(), limit: await findQueryLimit(http, options) }
    knownLimits.set(http, known)
  }
  return length >= known.limit
}

/** Filters by a date range like Orthanc's text comparison. */
function isWithin({ studyDate = '' }: ListedStudy, { from, to }: StudyListQuery): boolean {
  return (from === undefined || studyDate >= from) && (to === undefined || studyDate <= to)
}

/** The studies of a patient from Orthanc's own lists. IDs are case-sensitive. */
async function listOfPatient(
  http: ArchiveHttp,
  patientId: string,
  options: CallOptions,
): Promise<readonly Found[]> {
  const { signal, stage = 'catalogue' } = options
  const found: Found[] = []
  for (const id of await lookUp(http, patientId, 'Patient', { signal, stage })) {
    const path = `/patients/${encodeURIComponent(id)}/studies?expand`
    const answer = await requestJson(http, { path, stage, signal })
    if (answer !== undefined) found.push(...(await keepMr(http, answer, { signal, stage })))
  }
  return found
}

/** A date range as in PS3.4 C.2.2.2.5; undefined if neither end is given. */
function dateRange({ from, to }: StudyListQuery): string | undefined {
  return from === undefined && to === undefined ? undefined : `${from ?? ''}-${to ?? ''}`
}

/**
 * By QIDO-RS (PS3.18 10.6); undefined if the archive has no DICOMweb or does not support the query.
 */
async function listByDicomWeb(
  http: ArchiveHttp,
  root: string,
  query: StudyListQuery,
  { signal, stage = 'catalogue' }: CallOptions,
): Promise<readonly Found[] | undefined> {
  const { limit } = query
  const range = dateRange(query)
  const terms = [
    'ModalitiesInStudy=MR',
    ...(range === undefined ? [] : [`StudyDate=${range}`]),
    ...(limit === undefined ? [] : [`limit=${limit}`]),
  ]
  const path = `${root.replace(/\/+$/, '')}/studies?${terms.join('&')}`
  const accept = 'application/dicom+json'
  const answer = await requestJson(http, { path, accept, stage, signal })
  if (answer === undefined) return undefined
  return parseAnswer(qidoAnswer, answer, stage).flatMap((study) => {
    const value = (tag: string) => {
      const first = study[tag]?.Value?.[0]
      return typeof first === 'string' && first.trim() !== '' ? first.trim() : undefined
    }
    const studyInstanceUid = value('0020000D')
    if (studyInstanceUid === undefined) return []
    const [studyDate, studyTime] = [value('00080020'), value('00080030')]
    return [{ studyInstanceUid, studyDate, studyTime, patientId: value('00100020') }]
  })
}

function findBody(query: StudyListQuery, expand: boolean): string {
  const { patientId, limit } = query
  const range = dateRange(query)
  const Query = {
    ModalitiesInStudy: 'MR',
    ...(range === undefined ? {} : { StudyDate: range }),
    ...(patientId === undefined ? {} : { PatientID: patientId }),
  }
  const limited = limit === undefined ? {} : { Limit: limit }
  return JSON.stringify({ Level: 'Study', Query, Expand: expand, CaseSensitive: true, ...limited })
}

async function listByRest(
  http: ArchiveHttp,
  query: StudyListQuery,
  { signal, stage = 'catalogue' }: CallOptions,
): Promise<readonly Found[]> {
  const request = { method: 'POST', path: '/tools/find', contentType: 'application/json' } as const
  const answer = await requestJson(http, {
    ...request,
    body: findBody(query, true),
    stage,
    signal,
  })
  return parseAnswer(patientStudiesAnswer, answer, stage).map((study) => ({
    studyInstanceUid: study.MainDicomTags.StudyInstanceUID,
    studyDate: study.MainDicomTags.StudyDate || undefined,
    studyTime: study.MainDicomTags.StudyTime || undefined,
    orthancStudyId: study.ID,
    patientId: study.PatientMainDicomTags.PatientID?.trim(),
  }))
}

async function listMeant(
  http: ArchiveHttp,
  dicomWebRoot: string,
  query: StudyListQuery,
  options: CallOptions,
): Promise<readonly Found[]> {
  const { patientId } = query
  // Orthanc cannot look up an ID that contains a wildcard.
  if (patientId !== undefined && /[*?]/.test(patientId)) {
    const found = await listByRest(http, query, options)
    const isCut = await mayBeCutOff(http, found.length, options)
    const all = isCut ? await listWholeArchive(http, options) : found
    return all.filter((study) => study.patientId === patientId && isWithin(study, query))
  }
  if (patientId !== undefined) {
    const found = await listOfPatient(http, patientId, options)
    return found.filter((study) => study.patientId === patientId && isWithin(study, query))
  }
  const found =
    (await listByDicomWeb(http, dicomWebRoot, query, options)) ??
    (await listByRest(http, query, options))
  if (!(await mayBeCutOff(http, found.length, options))) return found
  return (await listWholeArchive(http, options)).filter((study) => isWithin(study, query))
}

/**
 * Studies with MR images by date or patient, each UID once, in no particular order: those of a
 * patient by Orthanc's own lists; else by QIDO-RS, or by Orthanc's tools/find where DICOMweb is
 * missing. If the archive truncates query results (LimitFindResults), its own complete list is read
 * instead. A patient ID is matched exactly, although * and ? are wildcards in such queries. A range
 * with an open start includes studies without a date (Orthanc compares texts); one with an open end
 * does not.
 */
export async function listStudies(
  http: ArchiveHttp,
  dicomWebRoot: string,
  query: StudyListQuery,
  options: CallOptions = {},
): Promise<readonly ListedStudy[]> {
  const patientId = query.patientId?.trim()
  if (patientId === '') return []
  const wanted = { ...query, patientId }
  const meant = await listMeant(http, dicomWebRoot, wanted, options)
  const byUid = new Map(meant.map(({ patientId: _, ...study }) => [study.studyInstanceUid, study]))
  return [...byUid.values()]
}

/**
 * The studies with MR images under exactly this patient ID. This does not establish the person:
 * Orthanc keeps one birth date and sex per patient ID, those that arrived first.
 */
export function findPatientStudies(
  http: ArchiveHttp,
  dicomWebRoot: string,
  patientId: string,
  options: CallOptions = {},
): Promise<readonly ListedStudy[]> {
  return listStudies(http, dicomWebRoot, { patientId }, { stage: 'history', ...options })
}

/**
 * Number of studies that match a query, by Orthanc's tools/find, which returns only identifiers. A
 * * in a patient ID acts as a wildcard, so the count may be too high.
 */
export async function countStudies(
  http: ArchiveHttp,
  query: StudyListQuery,
  { signal, stage = 'catalogue' }: CallOptions = {},
): Promise<number> {
  const request = { method: 'POST', path: '/tools/find', contentType: 'application/json' } as const
  const answer = await requestJson(http, {
    ...request,
    body: findBody(query, false),
    stage,
    signal,
  })
  const { length } = parseAnswer(studyIdsAnswer, answer, stage)
  if (!(await mayBeCutOff(http, length, { signal, stage }))) return length
  const all = await listWholeArchive(http, { signal, stage })
  return all.filter(
    (study) =>
      isWithin(study, query) &&
      (query.patientId === undefined || study.patientId === query.patientId),
  ).length
}
