import type { Volume } from '../../volume/grid.ts'

const median = (values: Float32Array): number => values.toSorted()[values.length >> 1] ?? 0

/**
 * Standard deviation of the noise over the contrast of a volume (its 5th to 95th percentile), from the
 * diagonal Haar wavelet of its voxels (Donoho's estimator): structures larger than two voxels leave
 * little in it. Voxels of 0, where nothing was measured, do not count. 0 for a volume of nothing.
 */
export function estimateNoise({ dimensions, intensities }: Volume): number {
  const [columns, rows, slices] = dimensions
  const [down, next] = [columns, columns * rows]
  const details: number[] = []
  const shown = intensities.filter((value) => value !== 0).sort()
  const at = (share: number) => shown[Math.round(share * (shown.length - 1))] ?? 0
  const contrast = at(0.95) - at(0.05)
  for (let k = 0; k + 1 < slices; k++) {
    for (let j = 0; j + 1 < rows; j++) {
      for (let i = 0; i + 1 < columns; i++) {
        const v = i + down * j + next * k
        const corners = [
          intensities[v]!,
          intensities[v + 1]!,
          intensities[v + down]!,
          intensities[v + down + 1]!,
          intensities[v + next]!,
          intensities[v + next + 1]!,
          intensities[v + next + down]!,
          intensities[v + next + down + 1]!,
        ] as const
        if (corners.includes(0)) continue
        const [a, b, c, d, e, f, g, h] = corners
        details.push(Math.abs(a - b - c + d - e + f + g - h))
      }
    }
  }
  if (details.length === 0 || contrast <= 0) return 0
  return median(Float32Array.from(details)) / 0.6745 / Math.sqrt(8) / contrast
}
