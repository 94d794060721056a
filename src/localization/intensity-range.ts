import { selectRank } from '../volume/select-rank.ts'

/** The intensity range of a volume: darker is background, brighter is clipped. */
export interface IntensityRange {
  readonly low: number
  readonly high: number
}

/** Size of a regular sample that is enough for the ranks. */
const mostPicked = 120_000
/** Voxels beyond these shares are outliers: neither air nor tissue. */
const darkWild = 0.01
const brightWild = 0.999
/** Padding is further below the rest than this, relative to the range of the rest. */
const paddingGap = 0.5

/** Every n-th finite value; a prime step, so that it does not follow one column. */
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
 * The range between air and the brightest tissue, by ranks, so that single voxels and small blocks
 * of any value do not change it. Negative padding far below everything else (-2000 around a brain)
 * is not air: the range starts above it. Undefined without valid values.
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
