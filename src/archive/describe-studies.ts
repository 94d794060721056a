import { describedSeriesAnswer, describedStudiesAnswer, parseAnswer } from './answers.ts'
import type { ArchiveHttp, CallOptions } from './archive-http.ts'
import { lookUp } from './find-study.ts'
import { mapConcurrently } from './map-concurrently.ts'
import { requestJson } from './read-answer.ts'

/**
 * A study with Orthanc's main tags of it and its patient. Orthanc keeps one birth date and sex per
 * patient ID, those that arrived first: values in the images take precedence.
 */
export interface DescribedStudy {
  readonly orthancStudyId: string
  readonly studyInstanceUid: string
  /** Whether Orthanc has seen nothing new in it for its StableAge. */
  readonly isStable: boolean
  /** DICOM DA. */
  readonly studyDate: string | undefined
  readonly studyDescription: string | undefined
  readonly patientId: string | undefined
  /** DICOM DA; only for calculations. */
  readonly patientBirthDate: string | undefined
  readonly patientSex: string | undefined
}

const lookUpsAtOnce = 4
const filled = (text: string | undefined) => text?.trim() || undefined

/** The studies of these Orthanc identifiers, in one request; those that vanished are omitted. */
export async function describeStudies(
  http: ArchiveHttp,
  orthancStudyIds: readonly string[],
  { signal, stage = 'catalogue' }: CallOptions = {},
): Promise<readonly DescribedStudy[]> {
  if (orthancStudyIds.length === 0) return []
  const answer = await requestJson(http, {
    method: 'POST',
    path: '/tools/bulk-content',
    contentType: 'application/json',
    body: JSON.stringify({ Resources: orthancStudyIds, Level: 'Study', Metadata: false }),
    stage,
    signal,
  })
  return parseAnswer(describedStudiesAnswer, answer, stage).map(
    ({ ID, IsStable, MainDicomTags: study, PatientMainDicomTags: patient }) => ({
      orthancStudyId: ID,
      studyInstanceUid: study.StudyInstanceUID,
      isStable: IsStable,
      studyDate: filled(study.StudyDate),
      studyDescription: filled(study.StudyDescription),
      patientId: filled(patient.PatientID),
      patientBirthDate: filled(patient.PatientBirthDate),
      patientSex: filled(patient.PatientSex),
    }),
  )
}

/**
 * The studies of these StudyInstanceUIDs; a UID shared by several patients gives several, a
 * vanished one none.
 */
export async function resolveStudies(
  http: ArchiveHttp,
  studyInstanceUids: readonly string[],
  options: CallOptions = {},
): Promise<readonly DescribedStudy[]> {
  const ids = await mapConcurrently(studyInstanceUids, lookUpsAtOnce, (uid) =>
    lookUp(http, uid, 'Study', options),
  )
  return describeStudies(http, ids.flat(), options)
}

/** SeriesDescription of every series of a study that has one; none where the study vanished. */
export async function listSeriesDescriptions(
  http: ArchiveHttp,
  orthancStudyId: string,
  { signal, stage = 'catalogue' }: CallOptions = {},
): Promise<readonly string[]> {
  const path = `/studies/${encodeURIComponent(orthancStudyId)}/series`
  const answer = await requestJson(http, { path, stage, signal })
  if (answer === undefined) return []
  return parseAnswer(describedSeriesAnswer, answer, stage).flatMap(
    ({ MainDicomTags }) => filled(MainDicomTags.SeriesDescription) ?? [],
  )
}
