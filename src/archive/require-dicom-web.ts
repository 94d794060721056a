import { HippoError } from '../errors.ts'
import { parseAnswer, pluginsAnswer } from './answers.ts'
import type { ArchiveHttp, CallOptions } from './archive-http.ts'
import { requestJson, requestShort } from './read-answer.ts'

/**
 * Throws ARCHIVE_ANSWER_INVALID where Orthanc has loaded its DICOMweb plugin and DICOMweb is not under the
 * root of the settings. Series would then be fetched instance by instance, and nobody would notice. An
 * Orthanc without the plugin is a choice of the site.
 */
export async function requireDicomWeb(
  http: ArchiveHttp,
  dicomWebRoot: string,
  { signal, stage = 'catalogue' }: CallOptions = {},
): Promise<void> {
  const plugins = await requestJson(http, { path: '/plugins', stage, signal })
  if (!parseAnswer(pluginsAnswer, plugins, stage).includes('dicom-web')) return
  const root = dicomWebRoot.replace(/\/+$/, '')
  // By a UID that no study has: the smallest answer that only DICOMweb gives.
  const path = `${root}/studies?StudyInstanceUID=0&limit=1`
  const request = { path, accept: 'application/dicom+json', stage, signal }
  if ((await requestShort(http, request)) !== undefined) return
  throw new HippoError(
    'ARCHIVE_ANSWER_INVALID',
    `Orthanc has no DICOMweb under ${root}. Set DICOMWEB_ROOT to the Root of DicomWeb in Orthanc's configuration.`,
    { stage },
  )
}
