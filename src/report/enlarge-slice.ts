import type { IntensityWindow } from './intensity-window.ts'
import type { SampledSlice } from './sample-slice.ts'

interface Taps {
  readonly indices: Int32Array
  readonly weights: Float32Array
  readonly nearest: Int32Array
}

/** Mitchell-Netravali weights (1988, B = C = 1/3) of the four samples around a pixel centre. */
function mitchell(t: number): readonly number[] {
  const near = (x: number) => ((7 * x - 12) * x * x + 16 / 3) / 6
  const far = (x: number) => ((((-7 / 3) * x + 12) * x - 20) * x + 32 / 3) / 6
  return [far(1 + t), near(t), near(1 - t), far(2 - t)]
}

/** For every pixel its samples, their weights, and the sample whose area contains it. */
function makeTaps(pixels: number, pixelsPerMm: number, first: number, step: number, count: number) {
  const indices = new Int32Array(pixels * 4)
  const weights = new Float32Array(pixels * 4)
  const nearest = new Int32Array(pixels)
  const inside = (index: number) => Math.min(Math.max(index, 0), count - 1)
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    const coordinate = ((pixel + 0.5) / pixelsPerMm - first) / step
    const base = Math.floor(coordinate)
    const kernel = mitchell(coordinate - base)
    for (let tap = 0; tap < 4; tap += 1) {
      indices[pixel * 4 + tap] = inside(base - 1 + tap)
      weights[pixel * 4 + tap] = kernel[tap]!
    }
    nearest[pixel] = inside(Math.round(coordinate))
  }
  return { indices, weights, nearest } satisfies Taps
}

/**
 * Greys 0 to 255; a sample outside the volume takes the grey of its neighbour, so that edges stay
 * sharp.
 */
function windowSamples({ columns, rows, intensities }: SampledSlice, window: IntensityWindow) {
  const { black, white } = window
  const gray = new Float32Array(columns * rows)
  for (let index = 0; index < gray.length; index += 1) {
    let value = intensities[index]!
    if (Number.isNaN(value)) {
      const column = index % columns
      const beside = [
        column > 0 ? intensities[index - 1] : undefined,
        column < columns - 1 ? intensities[index + 1] : undefined,
        intensities[index - columns],
        intensities[index + columns],
      ]
      value = beside.find((other) => other !== undefined && !Number.isNaN(other)) ?? black
    }
    gray[index] = Math.min(Math.max((value - black) / (white - black), 0), 1) * 255
  }
  return gray
}

/**
 * Windows a sampled slice and enlarges it by cubic convolution to `width` x `height` pixels.
 * Returns RGBA, row by row; black outside the volume.
 */
export function enlargeSlice(
  slice: SampledSlice,
  window: IntensityWindow,
  width: number,
  height: number,
  pixelsPerMm: number,
): Uint8ClampedArray {
  const { columns, rows, intensities } = slice
  const gray = windowSamples(slice, window)
  const across = makeTaps(width, pixelsPerMm, slice.firstAcross, slice.acrossStep, columns)
  const down = makeTaps(height, pixelsPerMm, slice.firstDown, slice.downStep, rows)
  const wide = stretchRows(gray, across, columns, rows, width)
  const pixels = new Uint8ClampedArray(width * height * 4)
  const gray32 = new Uint32Array(pixels.buffer)
  sumRows(wide, down, width, height, gray32)
  if (intensities.some(Number.isNaN)) {
    for (let y = 0; y < height; y += 1) {
      const nearestRow = down.nearest[y]! * columns
      for (let x = 0; x < width; x += 1) {
        if (Number.isNaN(intensities[nearestRow + across.nearest[x]!]!))
          gray32[y * width + x] = black32
      }
    }
  }
  return pixels
}

const black32 = 0xff000000

/** Every row of samples, `width` pixels long. */
function stretchRows(
  gray: Float32Array,
  { indices, weights }: Taps,
  columns: number,
  rows: number,
  width: number,
): Float32Array {
  const wide = new Float32Array(width * rows)
  for (let row = 0; row < rows; row += 1) {
    const start = row * columns
    for (let x = 0, tap = 0; x < width; x += 1, tap += 4) {
      wide[row * width + x] =
        weights[tap]! * gray[start + indices[tap]!]! +
        weights[tap + 1]! * gray[start + indices[tap + 1]!]! +
        weights[tap + 2]! * gray[start + indices[tap + 2]!]! +
        weights[tap + 3]! * gray[start + indices[tap + 3]!]!
    }
  }
  return wide
}

/** Every row of pixels out of four stretched ones, as opaque grey. */
function sumRows(
  wide: Float32Array,
  { indices, weights }: Taps,
  width: number,
  height: number,
  gray32: Uint32Array,
): void {
  for (let y = 0, tap = 0; y < height; y += 1, tap += 4) {
    const [a, b, c, d] = [0, 1, 2, 3].map((k) => indices[tap + k]! * width) as Quadruple
    const [wa, wb, wc, wd] = [0, 1, 2, 3].map((k) => weights[tap + k]!) as Quadruple
    for (let x = 0; x < width; x += 1) {
      const sum = wa * wide[a + x]! + wb * wide[b + x]! + wc * wide[c + x]! + wd * wide[d + x]!
      // The kernel overshoots slightly at sharp edges.
      const level = sum <= 0 ? 0 : sum >= 255 ? 255 : Math.round(sum)
      gray32[y * width + x] = level * 0x010101 + black32
    }
  }
}

type Quadruple = [number, number, number, number]
