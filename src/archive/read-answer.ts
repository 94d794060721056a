import { HippoError } from '../errors.ts'
import type { AnswerBody, ArchiveHttp, ArchiveRequest } from './archive-http.ts'

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

/** One array with memory of its own, so that it can be handed to a worker. */
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

/** Asks for a JSON answer, undefined on 404. Throws ARCHIVE_ANSWER_INVALID where it is not JSON. */
export async function requestJson(http: ArchiveHttp, request: ArchiveRequest): Promise<unknown> {
  return http.exchange(request, async (body) => {
    // Without the parser's own error as cause: it quotes what it could not read, and causes are logged.
    const invalid = new HippoError(
      'ARCHIVE_ANSWER_INVALID',
      'The archive gave an answer that is not JSON.',
      { stage: request.stage },
    )
    const bytes = await readWhole(body, { maximumBytes: maximumJsonBytes, tooLarge: invalid })
    try {
      return JSON.parse(Buffer.from(bytes.buffer).toString()) as unknown
    } catch {
      throw invalid
    }
  })
}
