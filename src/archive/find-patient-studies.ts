import { parseAnswer, patientStudiesAnswer, qidoAnswer } from './answers.ts'
import type { ArchiveHttp, CallOptions } from './archive-http.ts'
import { requestJson } from './read-answer.ts'

/** A study that is filed under a patient ID. */
export interface PatientStudy {
  readonly studyInstanceUid: string
  /** DICOM DA and TM. */
  readonly studyDate: string | undefined
  readonly studyTime: string | undefined
  /** Orthanc's identifier, unless the study has to be looked up by its UID. */
  readonly orthancStudyId: string | undefined
}

type Found = PatientStudy & { readonly patientId: string | undefined }

/** DICOMweb of Orthanc (1.7) does not decode what is encoded in a query: it finds nothing, and says nothing. */
export const needsNoEncoding = /^[\w.~-]+$/

/** By QIDO-RS (PS3.18 10.6); undefined where the archive has no DICOMweb. */
async function findByDicomWeb(
  http: ArchiveHttp,
  root: string,
  patientId: string,
  { signal, stage = 'history' }: CallOptions,
): Promise<readonly Found[] | undefined> {
  if (!needsNoEncoding.test(patientId)) return undefined
  const query = `PatientID=${patientId}&ModalitiesInStudy=MR`
  const path = `${root.replace(/\/+$/, '')}/studies?${query}`
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
    return [
      {
        studyInstanceUid,
        studyDate: value('00080020'),
        studyTime: value('00080030'),
        orthancStudyId: undefined,
        patientId: value('00100020'),
      },
    ]
  })
}

async function findByRest(
  http: ArchiveHttp,
  patientId: string,
  { signal, stage = 'history' }: CallOptions,
): Promise<readonly Found[]> {
  const Query = { PatientID: patientId, ModalitiesInStudy: 'MR' }
  const answer = await requestJson(http, {
    method: 'POST',
    path: '/tools/find',
    contentType: 'application/json',
    body: JSON.stringify({ Level: 'Study', Query, Expand: true, CaseSensitive: true }),
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

/**
 * The studies with MR images that are filed under exactly this patient ID, in no particular order: by
 * QIDO-RS, or by Orthanc's tools/find where DICOMweb is missing or cannot be asked. Both take * and ? for wildcards and
 * may ignore case, so that what they find is compared again. Who a study is of is not settled by this:
 * Orthanc keeps one birth date and sex per patient ID, those that came first.
 */
export async function findPatientStudies(
  http: ArchiveHttp,
  dicomWebRoot: string,
  patientId: string,
  options: CallOptions = {},
): Promise<readonly PatientStudy[]> {
  const wanted = patientId.trim()
  if (wanted === '') return []
  const found =
    (await findByDicomWeb(http, dicomWebRoot, wanted, options)) ??
    (await findByRest(http, wanted, options))
  return found
    .filter((study) => study.patientId === wanted)
    .map(({ patientId: _, ...study }) => study)
}
