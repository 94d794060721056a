import type { Grid, LabelMap, Volume } from './grid.ts'
import { visitRows } from './visit-rows.ts'

/** A voxel reaches half its width beyond its centre; a hair more absorbs rounding of the affine. */
const reach = 0.5 + 1e-6

/**
 * Values of `source` at the voxel centres of `target`, trilinear. Between the outermost centres and
 * the outer faces of the source the nearest value holds; beyond them the result is `outside`, or
 * still the nearest value where that is asked for.
 */
export function sampleTrilinear(
  values: Float32Array,
  source: Grid,
  target: Grid,
  outside: number | 'nearest' = 0,
): Float32Array {
  const [columns, rows, slices] = source.dimensions
  const plane = columns * rows
  const sampled = new Float32Array(target.dimensions.reduce((a, b) => a * b))
  visitRows(source, target, ({ index, length, start, step }) => {
    const [startX, startY, startZ] = start
    const [stepX, stepY, stepZ] = step
    for (let voxel = 0; voxel < length; voxel++) {
      const x = stepX * voxel + startX
      const y = stepY * voxel + startY
      const z = stepZ * voxel + startZ
      const inside =
        x >= -reach &&
        y >= -reach &&
        z >= -reach &&
        x <= columns - 1 + reach &&
        y <= rows - 1 + reach &&
        z <= slices - 1 + reach
      if (!inside && outside !== 'nearest') {
        sampled[index + voxel] = outside
        continue
      }
      const cx = x < 0 ? 0 : x > columns - 1 ? columns - 1 : x
      const cy = y < 0 ? 0 : y > rows - 1 ? rows - 1 : y
      const cz = z < 0 ? 0 : z > slices - 1 ? slices - 1 : z
      const i = Math.floor(cx)
      const j = Math.floor(cy)
      const k = Math.floor(cz)
      const fx = cx - i
      const fy = cy - j
      const fz = cz - k
      const right = i + 1 < columns ? 1 : 0
      const down = j + 1 < rows ? columns : 0
      const next = k + 1 < slices ? plane : 0
      const at = i + columns * j + plane * k
      const near =
        (values[at]! * (1 - fx) + values[at + right]! * fx) * (1 - fy) +
        (values[at + down]! * (1 - fx) + values[at + down + right]! * fx) * fy
      const far =
        (values[at + next]! * (1 - fx) + values[at + next + right]! * fx) * (1 - fy) +
        (values[at + next + down]! * (1 - fx) + values[at + next + down + right]! * fx) * fy
      sampled[index + voxel] = near * (1 - fz) + far * fz
    }
  })
  return sampled
}

/** Intensities of a volume on another grid, trilinear; 0 or `outside` where the volume does not reach. */
export function resampleVolume(volume: Volume, target: Grid, outside = 0): Volume {
  return {
    dimensions: target.dimensions,
    affine: target.affine,
    intensities: sampleTrilinear(volume.intensities, volume, target, outside),
  }
}

/** Labels on another grid, each voxel taking the nearest one; 0 where the label map does not reach. */
export function resampleLabels(labelMap: LabelMap, target: Grid): LabelMap {
  const [columns, rows, slices] = labelMap.dimensions
  const labels = new Uint8Array(target.dimensions.reduce((a, b) => a * b))
  visitRows(labelMap, target, ({ index, length, start, step }) => {
    for (let voxel = 0; voxel < length; voxel++) {
      const i = Math.round(step[0] * voxel + start[0])
      const j = Math.round(step[1] * voxel + start[1])
      const k = Math.round(step[2] * voxel + start[2])
      if (i < 0 || j < 0 || k < 0 || i >= columns || j >= rows || k >= slices) continue
      labels[index + voxel] = labelMap.labels[i + columns * (j + rows * k)]!
    }
  })
  return { dimensions: target.dimensions, affine: target.affine, labels }
}
