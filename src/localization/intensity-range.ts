import { selectRank } from '../volume/select-rank.ts'

/** What counts in a volume: darker is background, brighter no brighter than the brightest. */
export interface IntensityRange {
  readonly low: number
  readonly high: number
}

/** So many voxels, evenly picked, tell the ranks well enough. */
const mostPicked = 120_000
/** Fewer voxels than these shares are wild: not air, not tissue. */
const darkWild = 0.01
const brightWild = 0.999
/** Padding lies further below the rest than this, next to the rest's own range. */
const paddingGap = 0.5

/** Every so manyth finite value; a prime step, so that it does not walk along one column. */
function pickFinite(intensities: Float32Array): Float32Array {
  const least = Math.max(1, Math.floor(intensities.length / mostPicked))
  const step = least === 1 ? 1 : least | 1
  const picked = new Float32Array(Math.ceil(intensities.length / step))
  let count = 0
  for (let at = 0; at < intensities.length; at += step) {
    if (Number.isFinite(intensities[at])) picked[count++] = intensities[at]!
  }
  return picked.subarray(0, count)
}

const rankOf = (values: Float32Array, share: number) =>
  selectRank(values, Math.floor(share * (values.length - 1)))

/**
 * The range between air and the brightest tissue, by ranks, so that single voxels and small blocks of
 * any value do not move it. Negative padding far below everything else (-2000 around a brain) is not
 * air: the range begins above it. Undefined where no voxel is a number.
 */
export function findIntensityRange(intensities: Float32Array): IntensityRange | undefined {
  const picked = pickFinite(intensities)
  if (picked.length === 0) return undefined
  const low = rankOf(picked, darkWild)
  const high = rankOf(picked, brightWild)
  if (!(low < 0)) return { low, high }
  const rest = picked.filter((value) => value > low)
  if (rest.length === 0) return { low, high }
  const above = rankOf(rest, darkWild)
  const isPadding = above - low > paddingGap * (high - above)
  return { low: isPadding ? above : low, high }
}
