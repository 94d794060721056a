import type { Grid } from './grid.ts'
import { visitRows } from './visit-rows.ts'

/**
 * A voxel extends half its width beyond its centre; a small tolerance absorbs rounding of the
 * affine.
 */
const reach = 0.5 + 1e-6

/**
 * Values of `source` at the voxel centres of `target`, trilinear. Between the outermost centres and
 * the outer faces of the source the nearest value is used; beyond them the result is `outside`, or
 * the nearest value if requested.
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
