import type { SliceGeometry } from './grid.ts'

/**
 * Of slices with magnitude and other parts of the signal (phase, real, imaginary), keeps the
 * magnitude, by index, with a sentence; all of them if there is only one part.
 */
export function keepMagnitude(slices: readonly SliceGeometry[]): {
  readonly kept: readonly number[]
  readonly notes: readonly string[]
} {
  const all = slices.map((_, index) => index)
  const isOther = ({ component }: SliceGeometry) =>
    component !== undefined && component !== 'magnitude'
  const others = slices.filter(isOther)
  const hasMagnitude = slices.some(({ component }) => component === 'magnitude')
  if (others.length === 0 || !hasMagnitude) return { kept: all, notes: [] }
  const names = [...new Set(others.map(({ component }) => component))].sort().join(' and ')
  return {
    kept: all.filter((index) => !isOther(slices[index]!)),
    notes: [
      `The series also contains ${others.length} images of ${names}; only its magnitude images were measured.`,
    ],
  }
}
