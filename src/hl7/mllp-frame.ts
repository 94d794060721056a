const start = 0x0b
const end = Buffer.from([0x1c, 0x0d])

/** A message in its MLLP frame, in UTF-8. */
export function frameMessage(message: string): Buffer {
  return Buffer.concat([Buffer.from([start]), Buffer.from(message, 'utf8'), end])
}

/** The message of the first complete frame; undefined until it has arrived. */
export function unframeMessage(bytes: Buffer): string | undefined {
  const from = bytes.indexOf(start)
  const to = from < 0 ? -1 : bytes.indexOf(end, from)
  return to < 0 ? undefined : bytes.subarray(from + 1, to).toString('utf8')
}
