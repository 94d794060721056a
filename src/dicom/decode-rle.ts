/**
 * Decodes one RLE frame (PS3.5 G) of greyscale values with one or two bytes each;
 * checkCompressedFrame has validated its header. Bytes beyond the frame are padding and ignored.
 */
export function decodeRle(bytes: Uint8Array, pixels: number, bytesPerPixel: 1 | 2): Uint16Array {
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const values = new Uint16Array(pixels)
  for (let segment = 0; segment < bytesPerPixel; segment += 1) {
    // The most significant byte comes first (PS3.5 G.2).
    const shift = 8 * (bytesPerPixel - 1 - segment)
    const end = header.getUint32((segment + 2) * 4, true) || bytes.length
    unpackSegment(bytes.subarray(header.getUint32((segment + 1) * 4, true), end), values, shift)
  }
  return values
}

/** PackBits (PS3.5 G.3.1): a count and that many bytes, or a count and one repeated byte. */
function unpackSegment(segment: Uint8Array, values: Uint16Array, shift: number): void {
  let at = 0
  let pixel = 0
  while (at < segment.length && pixel < values.length) {
    const control = segment[at] as number
    at += 1
    if (control === 128) continue
    const isLiteral = control < 128
    const end = Math.min(pixel + (isLiteral ? control + 1 : 257 - control), values.length)
    for (; pixel < end; pixel += 1) {
      values[pixel] = (values[pixel] as number) | ((segment[at] ?? 0) << shift)
      if (isLiteral) at += 1
    }
    if (!isLiteral) at += 1
  }
}
