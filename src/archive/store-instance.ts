import { HippoError } from '../errors.ts'
import { parseAnswer, storeAnswer } from './answers.ts'
import type { AnswerBody, ArchiveHttp, CallOptions } from './archive-http.ts'
import { lookUp } from './find-study.ts'
import { readWhole, requestJson } from './read-answer.ts'

export interface StoredInstance {
  readonly orthancInstanceId: string
  /** The archive already held an instance with this SOP Instance UID and kept that one. */
  readonly alreadyStored: boolean
}

/**
 * Uploads one Part 10 file through REST. Sending it again is safe, because our UIDs come from the
 * content: the archive returns AlreadyStored. Throws STORE_REFUSED, ARCHIVE_FULL.
 */
export async function storeInstance(
  http: ArchiveHttp,
  file: Uint8Array,
  { signal, stage = 'store' }: CallOptions = {},
): Promise<StoredInstance> {
  const answer = await requestJson(http, {
    method: 'POST',
    path: '/instances',
    contentType: 'application/dicom',
    body: file,
    stage,
    signal,
  })
  const { ID, Status } = parseAnswer(storeAnswer, answer, stage)
  if (Status !== 'Success' && Status !== 'AlreadyStored') {
    throw new HippoError('STORE_REFUSED', 'The archive did not keep the result.', {
      stage,
      details: { status: Status },
    })
  }
  return { orthancInstanceId: ID, alreadyStored: Status === 'AlreadyStored' }
}

const maximumInstanceBytes = 512 * 2 ** 20
/** A page as PNG has about one. */
const maximumPageBytes = 32 * 2 ** 20

const filePath = (orthancInstanceId: string) =>
  `/instances/${encodeURIComponent(orthancInstanceId)}/file`

/** Reads the stored file of an instance; undefined when the archive does not hold it. */
export async function readInstance(
  http: ArchiveHttp,
  orthancInstanceId: string,
  { signal, stage = 'fetch' }: CallOptions = {},
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const path = filePath(orthancInstanceId)
  const tooLarge = new HippoError('SERIES_TOO_LARGE', 'The instance is larger than 512 MB.', {
    stage,
  })
  return http.exchange({ path, accept: '*/*', stage, signal }, (body) =>
    readWhole(body, { maximumBytes: maximumInstanceBytes, tooLarge }),
  )
}

/**
 * Reads an instance with its pixels unpacked (Explicit VR Little Endian), as the archive itself transcodes
 * it; undefined when the archive does not hold it. Nothing is stored by that.
 */
export async function readUnpacked(
  http: ArchiveHttp,
  orthancInstanceId: string,
  { signal, stage = 'fetch' }: CallOptions = {},
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const path = `/instances/${encodeURIComponent(orthancInstanceId)}/modify`
  const body = JSON.stringify({
    Keep: ['StudyInstanceUID', 'SeriesInstanceUID', 'SOPInstanceUID'],
    Force: true,
    Transcode: '1.2.840.10008.1.2.1',
  })
  const request = { method: 'POST', path, accept: '*/*', contentType: 'application/json' } as const
  const tooLarge = new HippoError('SERIES_TOO_LARGE', 'The instance is larger than 512 MB.', {
    stage,
  })
  return http.exchange({ ...request, body, stage, signal }, (answer) =>
    readWhole(answer, { maximumBytes: maximumInstanceBytes, tooLarge }),
  )
}

/** An instance with one frame as PNG, pixel by pixel; undefined when the archive does not hold it. */
export async function renderInstance(
  http: ArchiveHttp,
  orthancInstanceId: string,
  { signal, stage = 'fetch' }: CallOptions = {},
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const path = `/instances/${encodeURIComponent(orthancInstanceId)}/preview`
  const tooLarge = new HippoError(
    'ARCHIVE_ANSWER_INVALID',
    'The archive returned a page larger than any that this service writes.',
    { stage },
  )
  return http.exchange({ path, accept: 'image/png', stage, signal }, (body) =>
    readWhole(body, { maximumBytes: maximumPageBytes, tooLarge }),
  )
}

/** Finds Orthanc's identifier of an instance; undefined when the archive does not hold it. */
export async function findInstance(
  http: ArchiveHttp,
  sopInstanceUid: string,
  { signal, stage = 'store' }: CallOptions = {},
): Promise<string | undefined> {
  const [id] = await lookUp(http, sopInstanceUid, 'Instance', { signal, stage })
  return id
}

/**
 * Counts the bytes of a body and compares them with a file's as they arrive, so that none are kept.
 * Stops at the first byte beyond the file, so that an endless body ends.
 */
async function compareBody(body: AnswerBody, file: Uint8Array) {
  let length = 0
  let isSame = true
  for await (const chunk of body) {
    isSame &&= Buffer.compare(chunk, file.subarray(length, length + chunk.length)) === 0
    length += chunk.length
    if (length > file.length) break
  }
  return { length, isSame: isSame && length === file.length }
}

/** Reads an instance back and compares it byte for byte; throws VERIFY_MISMATCH. */
export async function verifyInstance(
  http: ArchiveHttp,
  orthancInstanceId: string,
  file: Uint8Array,
  { signal, stage = 'verify' }: CallOptions = {},
): Promise<void> {
  const stored = await http.exchange(
    { path: filePath(orthancInstanceId), accept: '*/*', stage, signal },
    (body) => compareBody(body, file),
  )
  if (stored?.isSame) return
  throw new HippoError(
    'VERIFY_MISMATCH',
    stored === undefined
      ? 'The result was stored but is no longer in the archive.'
      : 'The instance in the archive under the UID of the result differs from the one that was sent.',
    { stage, details: { sentBytes: file.length, storedBytes: stored?.length } },
  )
}
