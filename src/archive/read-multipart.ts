import { HippoError, type Stage } from '../errors.ts'
import { joinChunks } from './read-answer.ts'

const lineEnd = Buffer.from('\r\n')
const headersEnd = Buffer.from('\r\n\r\n')
const maximumHeaderBytes = 16_384

/** Reads the boundary of a multipart content type; undefined when it is not multipart. */
export function boundaryOf(contentType: string): string | undefined {
  if (!/^multipart\//i.test(contentType)) return undefined
  const match = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType)
  return match?.[1] ?? match?.[2]
}

/**
 * Splits a multipart body (RFC 2046, 5.1) into the content of its parts as it arrives. Chunks may end
 * anywhere. Throws SERIES_INCOMPLETE when the body ends before its closing delimiter, and
 * ARCHIVE_ANSWER_INVALID when it is not multipart at all.
 */
export async function* readMultipart(
  body: AsyncIterable<Uint8Array>,
  boundary: string,
  stage: Stage,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  // The first delimiter may be at the very start: a prepended line end makes it like the others.
  let rest: Buffer = lineEnd
  let place: 'preamble' | 'delimiter' | 'headers' | 'content' | 'epilogue' = 'preamble'
  let content: Uint8Array[] = []

  for await (const chunk of body) {
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk])
    let waiting = false
    while (!waiting && place !== 'epilogue') {
      if (place === 'preamble' || place === 'content') {
        const end = rest.indexOf(delimiter)
        // What could be the start of a delimiter stays for the next chunk.
        const certain = end >= 0 ? end : Math.max(0, rest.length - delimiter.length + 1)
        if (place === 'content' && certain > 0) content.push(rest.subarray(0, certain))
        rest = rest.subarray(end >= 0 ? end + delimiter.length : certain)
        waiting = end < 0
        if (end >= 0) {
          if (place === 'content') yield joinChunks(content)
          content = []
          place = 'delimiter'
        }
      } else if (place === 'delimiter') {
        waiting = rest.length < 2
        if (!waiting) place = rest.toString('latin1', 0, 2) === '--' ? 'epilogue' : 'headers'
      } else {
        // Begins at the delimiter's line end, so that a part without headers ends immediately.
        const end = rest.indexOf(headersEnd)
        if (end < 0 && rest.length > maximumHeaderBytes) throw notMultipart(stage)
        waiting = end < 0
        if (end >= 0) {
          rest = rest.subarray(end + headersEnd.length)
          place = 'content'
        }
      }
    }
    if (place === 'epilogue') rest = Buffer.alloc(0)
  }
  if (place === 'preamble') throw notMultipart(stage)
  if (place !== 'epilogue') {
    throw new HippoError('SERIES_INCOMPLETE', 'The archive stopped in the middle of the series.', {
      stage,
    })
  }
}

function notMultipart(stage: Stage): HippoError {
  return new HippoError(
    'ARCHIVE_ANSWER_INVALID',
    'The archive returned an unexpected response to the request for a series.',
    { stage },
  )
}
