import type { Canvas } from 'canvas'

const opaqueWhite = 0xffffffff

/** Pixels of an opaque canvas, three bytes each, row by row. */
export function readRgb(canvas: Canvas): Uint8Array {
  // canvas keeps pixels as native 32-bit words: alpha, red, green, blue from the highest byte down.
  const raw = canvas.toBuffer('raw') as Buffer<ArrayBuffer>
  const aligned = raw.byteOffset % 4 === 0 ? raw : new Uint8Array(raw)
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset, canvas.width * canvas.height)
  const rgb = new Uint8Array(words.length * 3).fill(0xff)
  for (let pixel = 0, at = 0; pixel < words.length; pixel += 1, at += 3) {
    const word = words[pixel]!
    // Most of a page is white.
    if (word === opaqueWhite) continue
    rgb[at] = word >>> 16
    rgb[at + 1] = word >>> 8
    rgb[at + 2] = word
  }
  // Frees nine megabytes now instead of at the next garbage collection.
  aligned.buffer.transfer(0)
  return rgb
}
