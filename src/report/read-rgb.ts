import { endianness } from 'node:os'
import type { Canvas } from 'canvas'

/** Pixels of an opaque canvas, three bytes each, row by row. */
export function readRgb(canvas: Canvas): Uint8Array {
  // canvas gives native 32-bit words of alpha, red, green, blue.
  const raw = canvas.toBuffer('raw')
  const [red, green, blue] = endianness() === 'LE' ? [2, 1, 0] : [1, 2, 3]
  const rgb = new Uint8Array(canvas.width * canvas.height * 3)
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    rgb[to] = raw[from + red]!
    rgb[to + 1] = raw[from + green]!
    rgb[to + 2] = raw[from + blue]!
  }
  return rgb
}
