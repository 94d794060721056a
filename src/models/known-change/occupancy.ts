import type { Grid } from '../../volume/grid.ts'
import { spacingOf } from '../../volume/patient-affine.ts'
import { smoothValues } from './smooth-values.ts'

/** Blur that makes a smooth body of a label's voxels, millimetres. */
const bodyMm = 0.6
/** Additional blur of a scan: together 0.6 mm, the border of a 1 mm scan. */
const scanMm = 0.5

/** A label as a smooth field; the body is where it exceeds one half. Changes deform this field. */
export const fieldOfLabel = (label: Uint8Array, grid: Grid) => smoothValues(label, grid, bodyMm)

/**
 * Share (0 to 1) of each voxel in which a smooth field exceeds one half: from the distance to that level,
 * the field's excess over its slope. Their sum is the volume of the body in voxels.
 */
export function shareInside(field: Float32Array, { dimensions, affine }: Grid): Float32Array {
  const [columns, rows] = dimensions
  const spacing = spacingOf(affine)
  const width = (spacing[0] + spacing[1] + spacing[2]) / 3
  const strides = [1, columns, columns * rows]
  const shares = new Float32Array(field.length)
  for (let at = 0; at < field.length; at++) {
    const excess = field[at]! - 0.5
    if (excess < -0.49) continue
    let squares = 0
    for (let axis = 0; axis < 3; axis++) {
      const above = field[at + strides[axis]!] ?? field[at]!
      const below = field[at - strides[axis]!] ?? field[at]!
      squares += ((above - below) / (2 * spacing[axis]!)) ** 2
    }
    const voxelsAway = excess / (Math.sqrt(squares) * width + 1e-6)
    shares[at] = Math.min(1, Math.max(0, 0.5 + voxelsAway))
  }
  return shares
}

/** The same with the blur of a scan. */
export const scanOfShares = (shares: Float32Array, grid: Grid) => smoothValues(shares, grid, scanMm)
