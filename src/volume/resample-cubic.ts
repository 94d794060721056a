import type { Grid, Volume } from './grid.ts'
import { visitTarget } from './resample.ts'

/** Weights of four neighbours at a fraction between the middle two (Catmull and Rom 1974). */
function cubicWeights(t: number): readonly [number, number, number, number] {
  return [
    ((-0.5 * t + 1) * t - 0.5) * t,
    (1.5 * t - 2.5) * t * t + 1,
    ((-1.5 * t + 2) * t + 0.5) * t,
    (0.5 * t - 0.5) * t * t,
  ]
}

/**
 * Intensities of a volume on another grid, by cubic interpolation: it keeps edges that a linear one
 * blurs. A sample never leaves the range of the eight voxels around it, so that nothing rings and
 * zeros stay zeros. 0 where the volume does not reach.
 */
export function resampleCubic(volume: Volume, target: Grid): Volume {
  const { dimensions, intensities } = volume
  const [columns, rows, slices] = dimensions
  const plane = columns * rows
  const sampled = new Float32Array(target.dimensions.reduce((a, b) => a * b))
  const clamp = (index: number, count: number) =>
    index < 0 ? 0 : index >= count ? count - 1 : index
  const [atX, atY, atZ] = [new Int32Array(4), new Int32Array(4), new Int32Array(4)]
  visitTarget(volume, target, (index, x, y, z) => {
    const outside =
      x < -0.5 || y < -0.5 || z < -0.5 || x > columns - 0.5 || y > rows - 0.5 || z > slices - 0.5
    if (outside) return
    const [i, j, k] = [Math.floor(x), Math.floor(y), Math.floor(z)]
    for (let tap = 0; tap < 4; tap++) {
      atX[tap] = clamp(i + tap - 1, columns)
      atY[tap] = clamp(j + tap - 1, rows) * columns
      atZ[tap] = clamp(k + tap - 1, slices) * plane
    }
    const [wx, wy, wz] = [cubicWeights(x - i), cubicWeights(y - j), cubicWeights(z - k)]
    let sum = 0
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (let c = 0; c < 4; c++) {
      for (let b = 0; b < 4; b++) {
        const line = atY[b]! + atZ[c]!
        let row = 0
        for (let a = 0; a < 4; a++) {
          const value = intensities[atX[a]! + line]!
          row += wx[a]! * value
          if (a === 0 || a === 3 || b === 0 || b === 3 || c === 0 || c === 3) continue
          if (value < low) low = value
          if (value > high) high = value
        }
        sum += wy[b]! * wz[c]! * row
      }
    }
    sampled[index] = sum < low ? low : sum > high ? high : sum
  })
  return { dimensions: target.dimensions, affine: target.affine, intensities: sampled }
}
