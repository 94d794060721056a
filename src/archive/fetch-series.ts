import { HippoError, type Stage } from '../errors.ts'
import type { SourceInstanceReference } from '../selection/series-facts.ts'
import type { AnswerBody, ArchiveHttp } from './archive-http.ts'
import { findStudy } from './find-study.ts'
import { mapConcurrently } from './map-concurrently.ts'
import { readWhole } from './read-answer.ts'
import { boundaryOf, readMultipart } from './read-multipart.ts'

export interface SeriesToFetch {
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  /** The instances the catalogue listed: so many must come. */
  readonly instances: readonly SourceInstanceReference[]
}

export interface FetchLimits {
  /** The most that is taken into memory for the whole series. */
  readonly maximumBytes: number
  readonly signal?: AbortSignal | undefined
  readonly stage?: Stage | undefined
}

type Files = Uint8Array<ArrayBuffer>[]

const filesAtOnce = 8
const storedFiles = 'multipart/related; type="application/dicom"; transfer-syntax=*'

/**
 * Fetches the Part 10 files of a series as they are stored, in no particular order: by DICOMweb
 * (WADO-RS, PS3.18 10.4), or one by one through Orthanc's REST API where DICOMweb is missing. Throws
 * SERIES_TOO_LARGE beyond maximumBytes, SERIES_INCOMPLETE (worth another try) when the archive gave
 * fewer or more instances than it had listed, STUDY_NOT_FOUND when the study has vanished.
 */
export async function fetchSeries(
  http: ArchiveHttp,
  dicomWebRoot: string,
  series: SeriesToFetch,
  { maximumBytes, signal, stage = 'fetch' }: FetchLimits,
): Promise<Files> {
  const limits = { maximumBytes, signal, stage }
  const files =
    (await fetchByDicomWeb(http, dicomWebRoot, series, limits)) ??
    (await fetchOneByOne(http, series, limits))
  const expected = series.instances.length
  if (files.length !== expected) {
    throw new HippoError(
      'SERIES_INCOMPLETE',
      `The archive listed ${expected} images of the series and gave ${files.length}. It is tried again.`,
      { stage, details: { expected, received: files.length } },
    )
  }
  return files
}

type Limits = FetchLimits & { readonly stage: Stage }

function tooLarge({ stage, maximumBytes }: Limits): HippoError {
  return new HippoError(
    'SERIES_TOO_LARGE',
    `The series is larger than the ${Math.round(maximumBytes / 1e6)} MB this service may take into memory (MAX_SERIES_BYTES).`,
    { stage, details: { maximumBytes } },
  )
}

/** Undefined when the answer was 404: DICOMweb is missing, or the series is. */
async function fetchByDicomWeb(
  http: ArchiveHttp,
  root: string,
  series: SeriesToFetch,
  limits: Limits,
): Promise<Files | undefined> {
  const { stage, signal, maximumBytes } = limits
  const path = `${root.replace(/\/+$/, '')}/studies/${encodeURIComponent(series.studyInstanceUid)}/series/${encodeURIComponent(series.seriesInstanceUid)}`
  return http.exchange({ path, accept: storedFiles, stage, signal }, async (body, contentType) => {
    const boundary = boundaryOf(contentType)
    if (boundary === undefined) {
      throw new HippoError(
        'ARCHIVE_ANSWER_INVALID',
        'The archive answered the request for a series with something else. Check DICOMWEB_ROOT.',
        { stage, details: { contentType } },
      )
    }
    const bounded = limitBytes(body, maximumBytes, () => tooLarge(limits))
    const files: Files = []
    for await (const file of readMultipart(bounded, boundary, stage)) files.push(file)
    return files
  })
}

async function* limitBytes(
  body: AnswerBody,
  maximumBytes: number,
  error: () => HippoError,
): AsyncGenerator<Uint8Array> {
  let total = 0
  for await (const chunk of body) {
    total += chunk.length
    if (total > maximumBytes) throw error()
    yield chunk
  }
}

async function fetchOneByOne(
  http: ArchiveHttp,
  series: SeriesToFetch,
  limits: Limits,
): Promise<Files> {
  const { stage, signal, maximumBytes } = limits
  let total = 0
  const files = await mapConcurrently(series.instances, filesAtOnce, async (instance) => {
    const id = encodeURIComponent(instance.orthancInstanceId ?? '')
    const request = { path: `/instances/${id}/file`, accept: '*/*', stage, signal }
    const file = await http.exchange(request, (body) =>
      readWhole(body, maximumBytes - total, () => tooLarge(limits)),
    )
    total += file?.length ?? 0
    if (total > maximumBytes) throw tooLarge(limits)
    return file
  })
  const present = files.filter((file) => file !== undefined)
  // Throws STUDY_NOT_FOUND, which says more than a series that lacks images.
  if (present.length < files.length)
    await findStudy(http, series.studyInstanceUid, { signal, stage })
  return present
}
