/** One slice on the screen, pixel by pixel, and the voxel of each pixel. */
export interface ShownSlice {
  readonly width: number
  readonly height: number
  /** Red, green, blue, alpha; row by row. */
  readonly pixels: Uint8ClampedArray
  /** Column and row of the source image, with fractions, at the centre of a pixel. */
  readonly voxelAt: (x: number, y: number) => readonly [number, number]
}

export interface MaskSlice {
  readonly columns: number
  readonly rows: number
  readonly labels: Uint8Array
  readonly intensities: Float32Array
}

/** Pixels of one slice, counted. A pixel near an edge of the mask belongs to neither side. */
export interface OverlayCount {
  /** Well inside a segment, and in its colour. */
  readonly right: number
  /** Well inside a segment, without its colour. */
  readonly missing: number
  /** Well outside all segments, and coloured. */
  readonly stray: number
  /** Well outside all segments, and grey. */
  readonly plain: number
  /**
   * Correlation of the grey values outside with the source image, -1 to 1: verifies the assumed
   * positions of the pixels.
   */
  readonly agreement: number
}

type Color = readonly [number, number, number]

/** A colour's difference from grey, which remains in a blend with any grey. */
function chromaOf(red: number, green: number, blue: number): Color {
  const mean = (red + green + blue) / 3
  return [red - mean, green - mean, blue - mean]
}

const lengthOf = ([a, b, c]: Color) => Math.hypot(a, b, c)
const cosine = (a: Color, b: Color) =>
  (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) / (lengthOf(a) * lengthOf(b) || 1)

/** Chroma over which a pixel of a grey image counts as coloured. */
const colouredChroma = 12
const sameColour = 0.95

function correlate(pairs: readonly (readonly [number, number])[]): number {
  const mean = (index: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[index], 0) / pairs.length
  const [meanA, meanB] = [mean(0), mean(1)]
  let [both, varianceA, varianceB] = [0, 0, 0]
  for (const [a, b] of pairs) {
    both += (a - meanA) * (b - meanB)
    varianceA += (a - meanA) ** 2
    varianceB += (b - meanB) ** 2
  }
  return both / Math.sqrt(varianceA * varianceB || 1)
}

/** Label of the voxel at every pixel, -1 outside the image. */
function projectMask(shown: ShownSlice, mask: MaskSlice): Int16Array {
  const projected = new Int16Array(shown.width * shown.height)
  for (let y = 0, pixel = 0; y < shown.height; y++) {
    for (let x = 0; x < shown.width; x++, pixel++) {
      const [column, row] = shown.voxelAt(x + 0.5, y + 0.5).map(Math.round) as [number, number]
      const isInside = column >= 0 && row >= 0 && column < mask.columns && row < mask.rows
      projected[pixel] = isInside ? mask.labels[row * mask.columns + column]! : -1
    }
  }
  return projected
}

/**
 * Whether all pixels up to `margin` away show the same label; false at the border of the screen.
 */
function findInteriors(
  projected: Int16Array,
  { width, height }: ShownSlice,
  margin: number,
): Uint8Array {
  const isSameAround = (from: ArrayLike<number>, pixel: number, step: number) => {
    for (let away = -margin; away <= margin; away++) {
      if (from[pixel + away * step] !== from[pixel]) return false
    }
    return true
  }
  const rowsAlike = new Int16Array(projected.length).fill(-2)
  const interiors = new Uint8Array(projected.length)
  for (let y = 0; y < height; y++) {
    for (let x = margin; x < width - margin; x++) {
      const pixel = y * width + x
      if (isSameAround(projected, pixel, 1)) rowsAlike[pixel] = projected[pixel]!
    }
  }
  for (let y = margin; y < height - margin; y++) {
    for (let x = margin; x < width - margin; x++) {
      const pixel = y * width + x
      interiors[pixel] = Number(rowsAlike[pixel] !== -2 && isSameAround(rowsAlike, pixel, width))
    }
  }
  return interiors
}

/**
 * Compares the colours on the screen with the mask projected onto it. Pixels within `margin` of an
 * edge are ignored, because the viewer draws its outline there.
 * @param colors red, green and blue of each label's segment
 */
export function countOverlay(
  shown: ShownSlice,
  mask: MaskSlice,
  colors: ReadonlyMap<number, Color>,
  margin: number,
): OverlayCount {
  const projected = projectMask(shown, mask)
  const interiors = findInteriors(projected, shown, margin)
  const counts = { right: 0, missing: 0, stray: 0, plain: 0 }
  const greys: [number, number][] = []
  for (let y = 0, pixel = 0; y < shown.height; y++) {
    for (let x = 0; x < shown.width; x++, pixel++) {
      const label = projected[pixel]!
      if (interiors[pixel] === 0) continue
      const [red, green, blue] = shown.pixels.subarray(pixel * 4, pixel * 4 + 3)
      const chroma = chromaOf(red!, green!, blue!)
      const isColoured = lengthOf(chroma) > colouredChroma
      if (label <= 0) {
        counts[isColoured ? 'stray' : 'plain'] += 1
        if (label < 0 || isColoured) continue
        const [column, row] = shown.voxelAt(x + 0.5, y + 0.5).map(Math.round) as [number, number]
        greys.push([green!, mask.intensities[row * mask.columns + column]!])
        continue
      }
      const wanted = chromaOf(...colors.get(label)!)
      counts[isColoured && cosine(chroma, wanted) > sameColour ? 'right' : 'missing'] += 1
    }
  }
  return { ...counts, agreement: greys.length === 0 ? 0 : correlate(greys) }
}
