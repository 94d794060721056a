import {
  parseAnswer,
  patientStudiesAnswer,
  seriesModalitiesAnswer,
  statisticsAnswer,
  studyIdsAnswer,
} from './answers.ts'
import type { ArchiveHttp, CallOptions } from './archive-http.ts'
import { requestJson } from './read-answer.ts'

/** A study as in Orthanc's own lists, with its patient. */
export interface PatientStudy {
  readonly orthancStudyId: string
  readonly studyInstanceUid: string
  readonly studyDate: string | undefined
  readonly studyTime: string | undefined
  readonly patientId: string | undefined
}

const pageSize = 1000

/** The studies with MR images in Orthanc's expanded list. */
export async function keepMr(
  http: ArchiveHttp,
  answer: unknown,
  { signal, stage = 'catalogue' }: CallOptions,
): Promise<readonly PatientStudy[]> {
  const studies = parseAnswer(patientStudiesAnswer, answer, stage)
  if (studies.length === 0) return []
  const series = await requestJson(http, {
    method: 'POST',
    path: '/tools/bulk-content',
    contentType: 'application/json',
    body: JSON.stringify({
      Resources: studies.map(({ ID }) => ID),
      Level: 'Series',
      Metadata: false,
    }),
    stage,
    signal,
  })
  const withMr = new Set(
    parseAnswer(seriesModalitiesAnswer, series, stage)
      .filter(({ MainDicomTags }) => MainDicomTags.Modality?.trim() === 'MR')
      .map(({ ParentStudy }) => ParentStudy),
  )
  return studies
    .filter(({ ID }) => withMr.has(ID))
    .map(({ ID, MainDicomTags, PatientMainDicomTags }) => ({
      orthancStudyId: ID,
      studyInstanceUid: MainDicomTags.StudyInstanceUID,
      studyDate: MainDicomTags.StudyDate || undefined,
      studyTime: MainDicomTags.StudyTime || undefined,
      patientId: PatientMainDicomTags.PatientID?.trim(),
    }))
}

/**
 * The maximum number of studies that a query returns (LimitFindResults, which Orthanc does not
 * publish): the length of a query for all, if it is less than Orthanc's own count. Infinity if
 * nothing is truncated.
 */
export async function findQueryLimit(
  http: ArchiveHttp,
  { signal, stage = 'catalogue' }: CallOptions = {},
): Promise<number> {
  const find = { method: 'POST', path: '/tools/find', contentType: 'application/json' } as const
  const body = JSON.stringify({ Level: 'Study', Query: {}, Expand: false })
  const statistics = await requestJson(http, { path: '/statistics', stage, signal })
  const found = await requestJson(http, { ...find, body, stage, signal })
  const { length } = parseAnswer(studyIdsAnswer, found, stage)
  return length < parseAnswer(statisticsAnswer, statistics, stage).CountStudies
    ? length
    : Number.POSITIVE_INFINITY
}

/** Every study with MR images, from Orthanc's own list, which no query limit truncates. */
export async function listWholeArchive(
  http: ArchiveHttp,
  options: CallOptions = {},
): Promise<readonly PatientStudy[]> {
  const { signal, stage = 'catalogue' } = options
  const studies: PatientStudy[] = []
  for (let since = 0; ; since += pageSize) {
    const path = `/studies?expand&since=${since}&limit=${pageSize}`
    const answer = await requestJson(http, { path, stage, signal })
    studies.push(...(await keepMr(http, answer, options)))
    if (!Array.isArray(answer) || answer.length < pageSize) return studies
  }
}
