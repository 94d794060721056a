import { dropZeros } from '../../volume/drop-zeros.ts'
import type { Volume } from '../../volume/grid.ts'
import { haarDetail } from '../../volume/haar-detail.ts'
import { selectRank } from '../../volume/select-rank.ts'

/**
 * Standard deviation of the noise over the contrast of a volume (its 5th to 95th percentile), from
 * the diagonal Haar wavelet of its voxels (Donoho's estimator): structures larger than two voxels
 * contribute little. Voxels of 0, outside the measured region, do not count. 0 for an empty volume.
 */
export function estimateNoise({ dimensions, intensities }: Volume): number {
  const [columns, rows, slices] = dimensions
  const [down, next] = [columns, columns * rows]
  const details = new Float32Array(Math.max(0, (columns - 1) * (rows - 1) * (slices - 1)))
  let count = 0
  const shown = dropZeros(intensities)
  if (shown.length === 0) return 0
  const at = (share: number) => selectRank(shown, Math.round(share * (shown.length - 1)))
  const contrast = at(0.95) - at(0.05)
  for (let k = 0; k + 1 < slices; k++) {
    for (let j = 0; j + 1 < rows; j++) {
      for (let i = 0; i + 1 < columns; i++) {
        const v = i + down * j + next * k
        const w = v + next
        const a = intensities[v]!
        const b = intensities[v + 1]!
        const c = intensities[v + down]!
        const d = intensities[v + down + 1]!
        const e = intensities[w]!
        const f = intensities[w + 1]!
        const g = intensities[w + down]!
        const h = intensities[w + down + 1]!
        if (a === 0 || b === 0 || c === 0 || d === 0) continue
        if (e === 0 || f === 0 || g === 0 || h === 0) continue
        details[count++] = Math.abs(haarDetail(intensities, v, down, next))
      }
    }
  }
  if (count === 0 || contrast <= 0) return 0
  const median = selectRank(details.subarray(0, count), count >> 1)
  return median / 0.6745 / Math.sqrt(8) / contrast
}
