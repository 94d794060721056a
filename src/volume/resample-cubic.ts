import type { Grid, Volume } from './grid.ts'
import { visitRows } from './visit-rows.ts'

/** Sets the weights of four neighbours at a fraction between the middle two (Catmull and Rom 1974). */
function setCubicWeights(weights: Float64Array, t: number): void {
  weights[0] = ((-0.5 * t + 1) * t - 0.5) * t
  weights[1] = (1.5 * t - 2.5) * t * t + 1
  weights[2] = ((-1.5 * t + 2) * t + 0.5) * t
  weights[3] = (0.5 * t - 0.5) * t * t
}

/** Sets the memory offsets of the four neighbours around an index, clamped at the ends. */
function setNeighbours(offsets: Int32Array, index: number, count: number, stride: number): void {
  for (let tap = 0; tap < 4; tap++) {
    const at = index + tap - 1
    offsets[tap] = (at < 0 ? 0 : at >= count ? count - 1 : at) * stride
  }
}

/**
 * Intensities of a volume on another grid, by cubic interpolation: it keeps edges that linear
 * interpolation blurs. A sample is clamped to the range of the eight voxels around it, so that
 * there is no ringing and zeros stay zeros. 0 outside the volume.
 */
export function resampleCubic(volume: Volume, target: Grid): Volume {
  const { dimensions, intensities } = volume
  const [columns, rows, slices] = dimensions
  const plane = columns * rows
  const sampled = new Float32Array(target.dimensions.reduce((a, b) => a * b))
  const [atX, atY, atZ] = [new Int32Array(4), new Int32Array(4), new Int32Array(4)]
  const [wx, wy, wz] = [new Float64Array(4), new Float64Array(4), new Float64Array(4)]

  visitRows(volume, target, ({ index, length, start, step }) => {
    for (let voxel = 0; voxel < length; voxel++) {
      const x = step[0] * voxel + start[0]
      const y = step[1] * voxel + start[1]
      const z = step[2] * voxel + start[2]
      const outside =
        x < -0.5 || y < -0.5 || z < -0.5 || x > columns - 0.5 || y > rows - 0.5 || z > slices - 0.5
      if (outside) continue
      const i = Math.floor(x)
      const j = Math.floor(y)
      const k = Math.floor(z)
      setNeighbours(atX, i, columns, 1)
      setNeighbours(atY, j, rows, columns)
      setNeighbours(atZ, k, slices, plane)
      setCubicWeights(wx, x - i)
      setCubicWeights(wy, y - j)
      setCubicWeights(wz, z - k)
      let sum = 0
      let low = Number.POSITIVE_INFINITY
      let high = Number.NEGATIVE_INFINITY
      for (let c = 0; c < 4; c++) {
        for (let b = 0; b < 4; b++) {
          const line = atY[b]! + atZ[c]!
          const first = intensities[atX[0]! + line]!
          const second = intensities[atX[1]! + line]!
          const third = intensities[atX[2]! + line]!
          const fourth = intensities[atX[3]! + line]!
          sum +=
            wy[b]! * wz[c]! * (wx[0]! * first + wx[1]! * second + wx[2]! * third + wx[3]! * fourth)
          if (b === 0 || b === 3 || c === 0 || c === 3) continue
          if (second < low) low = second
          if (second > high) high = second
          if (third < low) low = third
          if (third > high) high = third
        }
      }
      sampled[index + voxel] = sum < low ? low : sum > high ? high : sum
    }
  })
  return { dimensions: target.dimensions, affine: target.affine, intensities: sampled }
}
