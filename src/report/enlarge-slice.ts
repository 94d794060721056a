import type { IntensityWindow } from './intensity-window.ts'
import type { SampledSlice } from './sample-slice.ts'

interface Taps {
  readonly indices: Int32Array
  readonly weights: Float32Array
  readonly nearest: Int32Array
}

/** Mitchell-Netravali weights (1988, B = C = 1/3) of the four samples around a pixel centre. */
function mitchell(t: number): readonly number[] {
  const near = (x: number) => (7 * x ** 3 - 12 * x ** 2 + 16 / 3) / 6
  const far = (x: number) => ((-7 / 3) * x ** 3 + 12 * x ** 2 - 20 * x + 32 / 3) / 6
  return [far(1 + t), near(t), near(1 - t), far(2 - t)]
}

/** For every pixel the samples it is made of, their weights, and the sample whose area it lies in. */
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

/** Greys 0 to 255; a sample outside the volume takes the grey of one beside it, so that edges stay sharp. */
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
 * Windows a sampled slice and enlarges it by cubic convolution to `width` x `height` pixels. Gives
 * RGBA, row by row; what lies outside the volume is black.
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
  const wide = new Float32Array(width * rows)
  for (let row = 0; row < rows; row += 1) {
    const start = row * columns
    for (let x = 0; x < width; x += 1) {
      wide[row * width + x] = sumTaps(across, x, gray, start, 1)
    }
  }
  const pixels = new Uint8ClampedArray(width * height * 4)
  const gray32 = new Uint32Array(pixels.buffer)
  for (let y = 0; y < height; y += 1) {
    const nearestRow = down.nearest[y]! * columns
    for (let x = 0; x < width; x += 1) {
      const outside = Number.isNaN(intensities[nearestRow + across.nearest[x]!]!)
      const level = outside ? 0 : toLevel(sumTaps(down, y, wide, x, width))
      gray32[y * width + x] = level * 0x010101 + 0xff000000
    }
  }
  return pixels
}

// The kernel overshoots a little beside sharp edges.
function toLevel(gray: number): number {
  return Math.min(Math.max(Math.round(gray), 0), 255)
}

function sumTaps(
  { indices, weights }: Taps,
  pixel: number,
  values: Float32Array,
  start: number,
  stride: number,
): number {
  const tap = pixel * 4
  return (
    weights[tap]! * values[start + indices[tap]! * stride]! +
    weights[tap + 1]! * values[start + indices[tap + 1]! * stride]! +
    weights[tap + 2]! * values[start + indices[tap + 2]! * stride]! +
    weights[tap + 3]! * values[start + indices[tap + 3]! * stride]!
  )
}
