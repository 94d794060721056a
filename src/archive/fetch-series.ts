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
  /** Number of instances that the catalogue listed and that must arrive. */
  readonly instances: readonly SourceInstanceReference[]
}

export interface FetchLimits {
  /** Maximum memory for the whole series. */
  readonly maximumBytes: number
  readonly signal?: AbortSignal | undefined
  readonly stage?: Stage | undefined
}

type Files = Uint8Array<ArrayBuffer>[]

const filesAtOnce = 8
const storedFiles = 'multipart/related; type="application/dicom"; transfer-syntax=*'

/**
 * Fetches the Part 10 files of a series as they are stored, in no particular order: by DICOMweb
 * (WADO-RS, PS3.18 10.4), or one by one through Orthanc's REST API if DICOMweb is missing or
 * returns a different number of instances than the catalogue listed (the series grew meanwhile).
 * Throws SERIES_TOO_LARGE beyond maximumBytes, SERIES_INCOMPLETE (retryable) if listed instances
 * are missing, STUDY_NOT_FOUND when the study has vanished.
 */
export async function fetchSeries(
  http: ArchiveHttp,
  dicomWebRoot: string,
  series: SeriesToFetch,
  { maximumBytes, signal, stage = 'fetch' }: FetchLimits,
): Promise<Files> {
  const limits = { maximumBytes, signal, stage }
  const expected = series.instances.length
  const atOnce = await fetchByDicomWeb(http, dicomWebRoot, series, limits)
  if (atOnce?.length === expected) return atOnce
  const files = await fetchOneByOne(http, series, limits)
  if (files.length === expected) return files
  throw new HippoError(
    'SERIES_INCOMPLETE',
    `The archive listed ${expected} images of the series but returned ${files.length}. The request will be retried.`,
    { stage, details: { expected, received: files.length } },
  )
}

type Limits = FetchLimits & { readonly stage: Stage }

function tooLarge({ stage, maximumBytes }: Limits): HippoError {
  return new HippoError(
    'SERIES_TOO_LARGE',
    `The series is larger than the ${Math.round(maximumBytes / 1e6)} MB that this service may load into memory (MAX_SERIES_BYTES).`,
    { stage, details: { maximumBytes } },
  )
}

/** Undefined on 404: DICOMweb or the series is missing. */
async function fetchByDicomWeb(
  http: ArchiveHttp,
  root: string,
  series: SeriesToFetch,
  limits: Limits,
): Promise<Files | undefined> {
  const { stage, signal, maximumBytes } = limits
  const path = `${root.replace(/\/+$/, '')}/studies/${encodeURIComponent(series.studyInstanceUid)}/series/${encodeURIComponent(series.seriesInstanceUid)}`
  return http.exchange(
    { path, accept: storedFiles, stage, signal },
    async (body, { contentType }) => {
      const boundary = boundaryOf(contentType)
      if (boundary === undefined) {
        throw new HippoError(
          'ARCHIVE_ANSWER_INVALID',
          'The archive returned an unexpected response to the request for a series. Check DICOMWEB_ROOT.',
          { stage, details: { contentType } },
        )
      }
      const bounded = boundBody(body, { left: maximumBytes }, limits)
      const files: Files = []
      for await (const file of readMultipart(bounded, boundary, stage)) files.push(file)
      return files
    },
  )
}

/** Passes a body on within the budget; a failed attempt returns its share. */
async function* boundBody(
  body: AnswerBody,
  budget: { left: number },
  limits: Limits,
): AsyncGenerator<Uint8Array> {
  let taken = 0
  let complete = false
  try {
    for await (const chunk of body) {
      taken += chunk.length
      budget.left -= chunk.length
      if (budget.left < 0) throw tooLarge(limits)
      yield chunk
    }
    complete = true
  } finally {
    if (!complete) budget.left += taken
  }
}

async function fetchOneByOne(
  http: ArchiveHttp,
  series: SeriesToFetch,
  limits: Limits,
): Promise<Files> {
  const { stage, signal } = limits
  const budget = { left: limits.maximumBytes }
  const files = await mapConcurrently(series.instances, filesAtOnce, (instance) => {
    const id = encodeURIComponent(instance.orthancInstanceId ?? '')
    const request = { path: `/instances/${id}/file`, accept: '*/*', stage, signal }
    return http.exchange(request, (body) => readWhole(boundBody(body, budget, limits)))
  })
  const present = files.filter((file) => file !== undefined)
  // Throws STUDY_NOT_FOUND, which is more specific than an incomplete series.
  if (present.length < files.length)
    await findStudy(http, series.studyInstanceUid, { signal, stage })
  return present
}
