import type { Volume } from '../../volume/grid.ts'
import { selectRank } from '../../volume/select-rank.ts'

/** Distribution of the values of a volume, to distinguish images from maps. */
export interface Plateaus {
  /** Different values; counted no further than `mostDistinct`. */
  readonly distinctValues: number
  /** Share (0 to 1) of the neighbourhoods of 2 x 2 x 2 bright voxels with a single value. */
  readonly flatShare: number
  /** The same without the most common such value, to which some programs set white matter. */
  readonly otherFlatShare: number
  /** Share (0 to 1) of the bright voxels with the greatest value. */
  readonly topShare: number
  /** Share (0 to 1) of all voxels with the least value. */
  readonly emptyShare: number
}

export const mostDistinct = 4096
/** Voxels that the distribution is estimated from. */
const sampleSize = 200_000
/** From the least value up to this share of the range, voxels are air, padding or masked out. */
const darkShare = 0.05
/** Values closer than this share of the range are one value: interpolation leaves rounding errors. */
const sameShare = 1e-3

/** Different values, counted up to `mostDistinct`. */
function countDistinct(intensities: Float32Array): number {
  const seen = new Set<number>()
  let last = Number.NaN
  for (let i = 0; i < intensities.length && seen.size < mostDistinct; i++) {
    const value = intensities[i]!
    if (value === last) continue
    last = value
    seen.add(value)
  }
  return seen.size
}

/** Share of outlier dark voxels (padding, faulty voxels) that do not extend the range. */
const strayShare = 5e-4

/**
 * Least (without outliers) and greatest value; the 99th percentile (or the greatest, if that is
 * dark); the most common value.
 */
function describeRange(intensities: Float32Array) {
  let greatest = intensities[0]!
  for (let i = 1; i < intensities.length; i++) {
    if (intensities[i]! > greatest) greatest = intensities[i]!
  }
  const stride = Math.max(1, Math.floor(intensities.length / sampleSize))
  const sample = new Float32Array(Math.ceil(intensities.length / stride))
  const counts = new Map<number, number>()
  for (let i = 0; i < sample.length; i++) {
    const value = intensities[i * stride]!
    sample[i] = value
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  const [commonest] = [...counts].reduce((best, next) => (next[1] > best[1] ? next : best))
  const bright = selectRank(sample, Math.floor(0.99 * (sample.length - 1)))
  const least = selectRank(sample, Math.floor(strayShare * sample.length))
  return { least, greatest, commonest, range: (bright > least ? bright : greatest) - least }
}

interface Limits {
  readonly dark: number
  readonly hidden: number
  readonly same: number
}

/** The common value of the eight voxels at `v` plus `offsets`; undefined if they differ. */
function findFlatValue(
  intensities: Float32Array,
  v: number,
  offsets: readonly number[],
  same: number,
): number | undefined {
  let low = intensities[v]!
  let high = low
  // In images, noise ends this at the first or second neighbour of nearly every voxel.
  for (let n = 0; n < offsets.length && high - low <= same; n++) {
    const value = intensities[v + offsets[n]!]!
    if (value < low) low = value
    if (value > high) high = value
  }
  return high - low <= same ? low : undefined
}

/** Counts the bright neighbourhoods, and those with a single value, by its step. */
function countFlats({ dimensions, intensities }: Volume, { dark, hidden, same }: Limits) {
  const [columns, rows, slices] = dimensions
  const [down, next] = [columns, columns * rows]
  const offsets = [1, down, next, down + 1, next + 1, next + down, next + down + 1]
  const isShown = new Uint8Array(intensities.length)
  for (let v = 0; v < isShown.length; v++) {
    const value = intensities[v]!
    isShown[v] = value > dark && value !== hidden ? 1 : 0
  }
  const flats = new Map<number, number>()
  let shown = 0
  for (let k = 0; k + 1 < slices; k++) {
    for (let j = 0; j + 1 < rows; j++) {
      const end = columns * (j + 1 + rows * k)
      let left = 0
      for (let v = end - columns; v < end; v++) {
        // Two neighbourhoods in a row share the four voxels of a column.
        const right =
          isShown[v]! & isShown[v + down]! & isShown[v + next]! & isShown[v + next + down]!
        const whole = left & right
        left = right
        if (whole === 0) continue
        shown++
        const value = findFlatValue(intensities, v - 1, offsets, same)
        if (value === undefined) continue
        const step = Math.round(value / (2 * same))
        flats.set(step, (flats.get(step) ?? 0) + 1)
      }
    }
  }
  return { flats, shown }
}

/**
 * Shares of all flat neighbourhoods, and of those without the most common value or an adjacent one.
 */
function summarizeFlats(flats: ReadonlyMap<number, number>, shown: number) {
  if (shown === 0) return { flatShare: 0, otherFlatShare: 0 }
  let [all, commonest, most] = [0, Number.NaN, 0]
  for (const [step, count] of flats) {
    all += count
    if (count > most) [commonest, most] = [step, count]
  }
  const around = [commonest - 1, commonest, commonest + 1]
  const dominant = around.reduce((sum, step) => sum + (flats.get(step) ?? 0), 0)
  return { flatShare: all / shown, otherFlatShare: (all - dominant) / shown }
}

/**
 * Share of a volume on plateaus of one value. Dark voxels (up to 5 % of the range) and those of the
 * most common value, the background, do not count: images have such plateaus, too.
 */
export function findPlateaus(volume: Volume): Plateaus {
  const { intensities } = volume
  const { least, greatest, commonest, range } = describeRange(intensities)
  const limits = {
    dark: least + darkShare * range,
    hidden: commonest,
    same: sameShare * range,
  }
  const { flats, shown } = countFlats(volume, limits)
  let [bright, top, empty] = [0, 0, 0]
  for (let i = 0; i < intensities.length; i++) {
    if (intensities[i]! <= least + limits.same) empty++
    if (intensities[i]! <= limits.dark) continue
    bright++
    if (intensities[i]! >= greatest - limits.same) top++
  }
  return {
    distinctValues: countDistinct(intensities),
    ...summarizeFlats(flats, shown),
    topShare: bright === 0 ? 0 : top / bright,
    emptyShare: empty / intensities.length,
  }
}
