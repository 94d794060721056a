/**
 * The lines of a stream of UTF-8, ended by line feeds only: a subject may hold U+2028 or U+0085,
 * which other readers take for the end of a line. What follows the last line feed is a line, too,
 * unless it is empty.
 */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let rest: Buffer[] = []
  for await (const chunk of chunks) {
    let from = 0
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, from)) {
      yield Buffer.concat([...rest, bytes.subarray(from, end)]).toString()
      rest = []
      from = end + 1
    }
    if (from < bytes.length) rest.push(bytes.subarray(from))
  }
  if (rest.length > 0) yield Buffer.concat(rest).toString()
}
