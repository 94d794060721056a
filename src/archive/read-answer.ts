import { HippoError } from '../errors.ts'
import type { AnswerBody, AnswerHeaders, ArchiveHttp, ArchiveRequest } from './archive-http.ts'

/** Reads a whole body; throws `tooLarge` once it grows beyond the limit. */
export async function readWhole(
  body: AnswerBody,
  limit?: { readonly maximumBytes: number; readonly tooLarge: HippoError },
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    if (limit && length > limit.maximumBytes) throw limit.tooLarge
    chunks.push(chunk)
  }
  return joinChunks(chunks)
}

/** One array with its own buffer, so that it can be transferred to a worker. */
export function joinChunks(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
  let offset = 0
  for (const chunk of chunks) {
    joined.set(chunk, offset)
    offset += chunk.length
  }
  return joined
}

const maximumJsonBytes = 64 * 2 ** 20
/**
 * Far above what Orthanc nests or lists: arrays and objects use many times the memory of their two
 * characters.
 */
const deepestNesting = 64
const mostContainers = 2_000_000

const [quote, backslash] = [0x22, 0x5c]
const openings = [0x5b, 0x7b]
const closings = [0x5d, 0x7d]

/** Whether a JSON text contains more or deeper arrays and objects than any real response. */
export function isTooNested(json: Uint8Array): boolean {
  let depth = 0
  let containers = 0
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]!
    if (byte === quote) {
      for (at++; at < json.length && json[at] !== quote; at++) if (json[at] === backslash) at++
    } else if (openings.includes(byte)) {
      depth += 1
      containers += 1
      if (depth > deepestNesting || containers > mostContainers) return true
    } else if (closings.includes(byte)) {
      depth -= 1
    }
  }
  return false
}

const maximumShortBytes = 65_536

/**
 * Requests a response of which only the headers or the status matter; undefined on 404. Throws
 * ARCHIVE_ANSWER_INVALID if its body is longer than 64 KB.
 */
export async function requestShort(
  http: ArchiveHttp,
  request: ArchiveRequest,
): Promise<AnswerHeaders | undefined> {
  const message = 'The archive returned a response that is too long for this request.'
  const tooLarge = new HippoError('ARCHIVE_ANSWER_INVALID', message, { stage: request.stage })
  return http.exchange(request, async (body, headers) => {
    await readWhole(body, { maximumBytes: maximumShortBytes, tooLarge })
    return headers
  })
}

/**
 * Requests a JSON response; undefined on 404. Throws ARCHIVE_ANSWER_INVALID if it is not JSON or
 * too large.
 */
export async function requestJson(http: ArchiveHttp, request: ArchiveRequest): Promise<unknown> {
  return http.exchange(request, async (body) => {
    const refuse = (message: string) =>
      new HippoError('ARCHIVE_ANSWER_INVALID', message, { stage: request.stage })
    const maximumBytes = request.maximumBytes ?? maximumJsonBytes
    const tooLarge = refuse('The archive returned a response that is too long for this request.')
    const bytes = await readWhole(body, { maximumBytes, tooLarge })
    if (isTooNested(bytes)) throw tooLarge
    try {
      return JSON.parse(Buffer.from(bytes.buffer).toString()) as unknown
    } catch {
      // Without the parser's error as cause: it quotes the text, and causes are logged.
      throw refuse('The archive returned a response that is not JSON.')
    }
  })
}
