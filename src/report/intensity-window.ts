import { selectRank } from '../volume/select-rank.ts'

/** Intensities shown as black and as white. */
export interface IntensityWindow {
  readonly black: number
  readonly white: number
}

const blackPercentile = 0.5
const whitePercentile = 99.5

/**
 * Window from robust percentiles of the shown intensities, never from the header, whose window is
 * for the whole image or arbitrary. A constant image is shown mid-grey.
 */
export function chooseWindow(shown: readonly Float32Array[]): IntensityWindow {
  const length = shown.reduce((sum, part) => sum + part.length, 0)
  const all = new Float32Array(length)
  let count = 0
  for (const part of shown) {
    for (const value of part) {
      if (Number.isFinite(value)) {
        all[count] = value
        count += 1
      }
    }
  }
  if (count === 0) return { black: 0, white: 1 }
  const finite = all.subarray(0, count)
  const at = (percentile: number) =>
    selectRank(finite, Math.round((percentile / 100) * (count - 1)))
  const [black, white] = [at(blackPercentile), at(whitePercentile)]
  if (white > black) return { black, white }
  const [low, high] = [selectRank(finite, 0), selectRank(finite, count - 1)]
  if (high > low) return { black: low, white: high }
  const room = Math.max(1, Math.abs(low))
  return { black: low - room, white: low + room }
}
