import { HippoError, type Stage } from '../errors.ts'
import {
  lookupAnswer,
  parseAnswer,
  type StudyAnswer,
  studiesAnswer,
  studyAnswer,
} from './answers.ts'
import type { ArchiveHttp, CallOptions } from './archive-http.ts'
import { requestJson } from './read-answer.ts'

/** A study as listed by the archive, without its content. */
export interface FoundStudy {
  readonly orthancStudyId: string
  readonly studyInstanceUid: string
  /** Whether Orthanc has seen nothing new in it for its StableAge. */
  readonly isStable: boolean
  /** Orthanc's time of the last new instance, UTC, as YYYYMMDDTHHMMSS. */
  readonly lastUpdate: string
}

const orthancIdPattern = /^[0-9a-f]{8}(-[0-9a-f]{8}){4}$/
const uidPattern = /^[0-9.]{1,64}$/

export function toFoundStudy(answer: StudyAnswer): FoundStudy {
  return {
    orthancStudyId: answer.ID,
    studyInstanceUid: answer.MainDicomTags.StudyInstanceUID,
    isStable: answer.IsStable,
    lastUpdate: answer.LastUpdate,
  }
}

function notFound(stage: Stage): HippoError {
  return new HippoError('STUDY_NOT_FOUND', 'The archive does not contain this study.', { stage })
}

/** GET /studies/{id}; throws STUDY_NOT_FOUND. */
export async function readStudy(
  http: ArchiveHttp,
  orthancStudyId: string,
  { signal, stage = 'catalogue' }: CallOptions = {},
): Promise<StudyAnswer> {
  const path = `/studies/${encodeURIComponent(orthancStudyId)}`
  const answer = await requestJson(http, { path, stage, signal })
  if (answer === undefined) throw notFound(stage)
  return parseAnswer(studyAnswer, answer, stage)
}

/**
 * Finds Orthanc's identifiers of one level that belong to a UID. Orthanc keeps one resource per
 * patient, so that the same UID under two patient ids gives two.
 */
export async function lookUp(
  http: ArchiveHttp,
  uid: string,
  level: 'Patient' | 'Study' | 'Series' | 'Instance',
  { signal, stage = 'catalogue' }: CallOptions = {},
): Promise<readonly string[]> {
  const request = { method: 'POST', path: '/tools/lookup', contentType: 'text/plain' } as const
  const answer = await requestJson(http, { ...request, body: uid, stage, signal })
  return parseAnswer(lookupAnswer, answer, stage)
    .filter(({ Type }) => Type === level)
    .map(({ ID }) => ID)
}

/**
 * Finds a study by its Orthanc identifier or its StudyInstanceUID. Throws STUDY_NOT_FOUND, and
 * STUDY_AMBIGUOUS where several patients share the UID.
 */
export async function findStudy(
  http: ArchiveHttp,
  orthancIdOrStudyInstanceUid: string,
  options: CallOptions = {},
): Promise<FoundStudy> {
  const wanted = orthancIdOrStudyInstanceUid
  const { stage = 'catalogue' } = options
  if (orthancIdPattern.test(wanted)) return toFoundStudy(await readStudy(http, wanted, options))
  const ids = uidPattern.test(wanted) ? await lookUp(http, wanted, 'Study', options) : []
  if (ids[0] === undefined) throw notFound(stage)
  if (ids.length > 1) {
    throw new HippoError(
      'STUDY_AMBIGUOUS',
      `The archive holds ${ids.length} studies with this StudyInstanceUID, under different patient IDs. Use the Orthanc identifier of one of them.`,
      { stage, details: { studies: ids.length } },
    )
  }
  return toFoundStudy(await readStudy(http, ids[0], options))
}

/**
 * The studies that hold the given resources (Orthanc identifiers of any level), each once. Resources
 * that vanished are left out. Uses Orthanc's tools/bulk-content (since 1.9.4), so that a thousand
 * instances cost one request.
 */
export async function studiesOf(
  http: ArchiveHttp,
  orthancIds: readonly string[],
  { signal, stage = 'catalogue' }: CallOptions = {},
): Promise<readonly FoundStudy[]> {
  if (orthancIds.length === 0) return []
  const answer = await requestJson(http, {
    method: 'POST',
    path: '/tools/bulk-content',
    contentType: 'application/json',
    body: JSON.stringify({ Resources: orthancIds, Level: 'Study', Metadata: false }),
    stage,
    signal,
  })
  return parseAnswer(studiesAnswer, answer, stage).map(toFoundStudy)
}
