import type { Vector3 } from '../../volume/grid.ts'
import { spacingOf } from '../../volume/patient-affine.ts'
import type { HippocampusPatch } from './patch.ts'
import { smoothValues } from './smooth-values.ts'

/** Geometry of a patch around its label. */
export interface Surroundings {
  /** Distance from the label's border, millimetres, smoothed: negative inside. */
  readonly distance: Float32Array
  /**
   * 1 if the way out of the label leads to the lateral or upper side, the side of the horn; else 0.
   */
  readonly hornSide: Float32Array
  /** Unit vectors out of the label, three numbers per voxel. */
  readonly outward: Float32Array
}

/** Smooth step: 0 below `from`, 1 above `to`. */
export function smoothStep(from: number, to: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)))
  return t * t * (3 - 2 * t)
}

/** Squared distance of every voxel from the marked ones, mm2, one axis after the other (exact). */
function squaredDistances(isMarked: (at: number) => boolean, size: Vector3, spacing: Vector3) {
  const squares = new Float32Array(size[0] * size[1] * size[2])
  for (let at = 0; at < squares.length; at++) squares[at] = isMarked(at) ? 0 : 1e9
  let stride = 1
  for (let axis = 0; axis < 3; axis++) {
    const length = size[axis]!
    const mm = spacing[axis]!
    const line = new Float32Array(length)
    for (let start = 0; start < squares.length; start++) {
      if (Math.floor(start / stride) % length !== 0) continue
      for (let at = 0; at < length; at++) line[at] = squares[start + at * stride]!
      for (let at = 0; at < length; at++) {
        let least = line[at]!
        for (let reach = 1; reach * mm * reach * mm < least && reach < length; reach++) {
          const step = (reach * mm) ** 2
          if (at >= reach) least = Math.min(least, line[at - reach]! + step)
          if (at + reach < length) least = Math.min(least, line[at + reach]! + step)
        }
        squares[start + at * stride] = least
      }
    }
    stride *= length
  }
  return squares
}

/** The slope of values along the three axes of a patch, per millimetre; three numbers per voxel. */
export function gradientOf(values: Float32Array, size: Vector3, spacing: Vector3): Float32Array {
  const [columns, rows, slices] = size
  const gradient = new Float32Array(3 * values.length)
  const strides = [1, columns, columns * rows]
  for (let at = 0; at < values.length; at++) {
    const voxel = [at % columns, Math.floor(at / columns) % rows, Math.floor(at / strides[2]!)]
    for (let axis = 0; axis < 3; axis++) {
      const stride = strides[axis]!
      const below = voxel[axis]! > 0 ? stride : 0
      const above = voxel[axis]! < [columns, rows, slices][axis]! - 1 ? stride : 0
      const steps = (below > 0 ? 1 : 0) + (above > 0 ? 1 : 0)
      const rise = values[at + above]! - values[at - below]!
      gradient[3 * at + axis] = steps === 0 ? 0 : rise / (steps * spacing[axis]!)
    }
  }
  return gradient
}

/** Blur of the distance, so that directions do not follow the steps of the voxels, millimetres. */
const smoothingMm = 1.5

/** Computes the geometry around the label of a patch. */
export function describeSurroundings({ grid, label }: HippocampusPatch): Surroundings {
  const spacing = spacingOf(grid.affine)
  const half = Math.min(...spacing) / 2
  const outside = squaredDistances((at) => label[at] === 1, grid.dimensions, spacing)
  const inside = squaredDistances((at) => label[at] === 0, grid.dimensions, spacing)
  const signed = outside.map((square, at) =>
    square > 0 ? Math.sqrt(square) - half : half - Math.sqrt(inside[at]!),
  )
  const distance = smoothValues(signed, grid, smoothingMm)
  const outward = gradientOf(distance, grid.dimensions, spacing)
  const hornSide = new Float32Array(label.length)
  for (let at = 0; at < label.length; at++) {
    const [x, y, z] = [outward[3 * at]!, outward[3 * at + 1]!, outward[3 * at + 2]!]
    const length = Math.hypot(x, y, z)
    if (length < 1e-3) continue
    outward[3 * at] = x / length
    outward[3 * at + 1] = y / length
    outward[3 * at + 2] = z / length
    hornSide[at] = smoothStep(-0.2, 0.5, (x + z) / (Math.SQRT2 * length))
  }
  // The direction flips across the middle of the label: smooth it, so that nothing tears there.
  return { distance, hornSide: smoothValues(hornSide, grid, smoothingMm), outward }
}
