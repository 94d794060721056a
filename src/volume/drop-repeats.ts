import type { SlicePlane } from './grid.ts'

/** Positions closer than this count as one: scanners write 0.001 mm or finer. */
const samePosition = 0.01

const nameFigure = (value: number) => Math.round(value / samePosition)

function samePixels(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, pixel) => value === b[pixel])
}

/**
 * Of indistinguishable slices at one position with the same pixels (sent twice, exported twice),
 * keeps the first, by index, with a sentence. Slices at one position with different pixels all
 * stay, because it is unknown which one is right.
 */
export function dropRepeats(slices: readonly SlicePlane[]): {
  readonly kept: readonly number[]
  readonly notes: readonly string[]
} {
  const places = new Map<string, number[]>()
  const kept = slices.flatMap((slice, index) => {
    const { rows, columns, imagePositionPatient, rowCosines, columnCosines } = slice
    const { component, acquisition } = slice
    const figures = [...imagePositionPatient, ...rowCosines, ...columnCosines].map(nameFigure)
    const told = JSON.stringify([component, acquisition])
    const place = [rows, columns, ...figures, told].join(' ')
    const before = places.get(place) ?? []
    places.set(place, before)
    const { intensities } = slice
    if (before.some((other) => samePixels(slices[other]!.intensities, intensities))) return []
    before.push(index)
    return [index]
  })
  const dropped = slices.length - kept.length
  if (dropped === 0) return { kept, notes: [] }
  const what =
    dropped === 1
      ? '1 image of the series is present twice with the same pixels'
      : `${dropped} images of the series are present more than once with the same pixels`
  return { kept, notes: [`${what}; each was used once.`] }
}
