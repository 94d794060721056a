import type { SeriesFacts } from './series-facts.ts'

/** Slice geometry from the positions of a series. Millimetres. */
export interface SliceCoverage {
  /** Number of images with a known position. */
  readonly images: number
  /** Number of distinct positions; fewer than images if several share one. */
  readonly positions: number
  /** Usual distance between adjacent slices. */
  readonly step: number | undefined
  /** From the outer face of the first slice to that of the last. */
  readonly extent: number | undefined
}

/** Positions closer than this count as one: scanners write 0.001 mm or finer. */
const samePosition = 0.01

function normalOf(cosines: readonly number[] | undefined): readonly number[] | undefined {
  if (cosines?.length !== 6) return undefined
  const [a, b, c, d, e, f] = cosines as [number, number, number, number, number, number]
  const normal = [b * f - c * e, c * d - a * f, a * e - b * d]
  const length = Math.hypot(...normal)
  return length > 0.9 && length < 1.1 ? normal.map((value) => value / length) : undefined
}

/**
 * Number, spacing and extent of the slices from the positions of the images. Undefined without an
 * orientation, or if the positions of more than a tenth of the images are unknown: a few screen
 * captures among them do not matter.
 */
export function readCoverage(facts: SeriesFacts, images: number): SliceCoverage | undefined {
  const normal = normalOf(facts.imageOrientationPatient)
  const places = facts.instances.flatMap(({ imagePositions }) => imagePositions ?? [])
  if (normal === undefined || places.length === 0 || places.length > images) return undefined
  if (places.length < 0.9 * images) return undefined
  const distances = places
    .map((place) => place.reduce((sum, value, axis) => sum + value * normal[axis]!, 0))
    .sort((a, b) => a - b)
  const gaps = distances.slice(1).map((distance, index) => distance - distances[index]!)
  const steps = gaps.filter((gap) => gap >= samePosition).sort((a, b) => a - b)
  const step = steps[steps.length >> 1]
  const extent = step === undefined ? undefined : distances.at(-1)! - distances[0]! + step
  return { images: places.length, positions: steps.length + 1, step, extent }
}
