import { HippoError } from '../errors.ts'
import type { AnswerBody, ArchiveHttp, ArchiveRequest } from './archive-http.ts'

/** Reads a whole body; throws what `tooLarge` makes once it grows beyond the limit. */
export async function readWhole(
  body: AnswerBody,
  maximumBytes: number,
  tooLarge: () => HippoError,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    if (length > maximumBytes) throw tooLarge()
    chunks.push(chunk)
  }
  const whole = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.length
  }
  return whole
}

const maximumJsonBytes = 64 * 2 ** 20

/** Asks for a JSON answer, undefined on 404. Throws ARCHIVE_ANSWER_INVALID where it is not JSON. */
export async function requestJson(http: ArchiveHttp, request: ArchiveRequest): Promise<unknown> {
  return http.exchange(request, async (body) => {
    const invalid = (cause?: unknown) =>
      new HippoError('ARCHIVE_ANSWER_INVALID', 'The archive gave an answer that is not JSON.', {
        stage: request.stage,
        cause,
      })
    const bytes = await readWhole(body, maximumJsonBytes, invalid)
    try {
      return JSON.parse(Buffer.from(bytes.buffer).toString('utf8')) as unknown
    } catch (error) {
      throw invalid(error)
    }
  })
}
