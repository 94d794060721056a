import type { Grid, LabelMap, Volume } from './grid.ts'
import { chainAffines, invertAffine } from './patient-affine.ts'

/**
 * Calls `visit` for each voxel of the target, in storage order, with where its centre falls in the
 * source's voxel indices.
 */
export function visitTarget(
  source: Grid,
  target: Grid,
  visit: (index: number, column: number, row: number, slice: number) => void,
): void {
  const m = chainAffines(target.affine, invertAffine(source.affine))
  const [columns, rows, slices] = target.dimensions
  let index = 0
  for (let k = 0; k < slices; k++) {
    for (let j = 0; j < rows; j++) {
      const x = m[1]! * j + m[2]! * k + m[3]!
      const y = m[5]! * j + m[6]! * k + m[7]!
      const z = m[9]! * j + m[10]! * k + m[11]!
      for (let i = 0; i < columns; i++) {
        visit(index++, m[0]! * i + x, m[4]! * i + y, m[8]! * i + z)
      }
    }
  }
}

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
  visitTarget(source, target, (index, x, y, z) => {
    const inside =
      x >= -reach &&
      y >= -reach &&
      z >= -reach &&
      x <= columns - 1 + reach &&
      y <= rows - 1 + reach &&
      z <= slices - 1 + reach
    if (!inside && outside !== 'nearest') {
      sampled[index] = outside
      return
    }
    const cx = x < 0 ? 0 : x > columns - 1 ? columns - 1 : x
    const cy = y < 0 ? 0 : y > rows - 1 ? rows - 1 : y
    const cz = z < 0 ? 0 : z > slices - 1 ? slices - 1 : z
    const [i, j, k] = [Math.floor(cx), Math.floor(cy), Math.floor(cz)]
    const [fx, fy, fz] = [cx - i, cy - j, cz - k]
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
    sampled[index] = near * (1 - fz) + far * fz
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
  visitTarget(labelMap, target, (index, x, y, z) => {
    const [i, j, k] = [Math.round(x), Math.round(y), Math.round(z)]
    if (i < 0 || j < 0 || k < 0 || i >= columns || j >= rows || k >= slices) return
    labels[index] = labelMap.labels[i + columns * (j + rows * k)]!
  })
  return { dimensions: target.dimensions, affine: target.affine, labels }
}
