import { smoothVolume } from '../localization/smooth-volume.ts'
import type { Grid } from '../volume/grid.ts'

/** How tissue moved between two boxes, voxels of 1 mm: one array an axis of the grid. */
export type TissueFlow = readonly [Float32Array, Float32Array, Float32Array]

/** Before slopes are taken the images are blurred by this, mm. */
const imageBlurMm = 0.5
/** What lies within about this distance moves together, mm. */
const windowMm = 1
const flowBlurMm = 0.5
/** How much a flow has to explain before it is believed: this many times the square of `noise`. */
const damping = 0.3
const rounds = 3

/** Values read at `sign` half the flow away from each voxel, trilinear; at the border the nearest. */
export function followFlow(
  values: Float32Array,
  { dimensions: [columns, rows, slices] }: Grid,
  flow: TissueFlow,
  sign: 1 | -1,
): Float32Array {
  const plane = columns * rows
  const moved = new Float32Array(values.length)
  const clamp = (x: number, last: number) => (x < 0 ? 0 : x > last ? last : x)
  for (let k = 0, at = 0; k < slices; k++) {
    for (let j = 0; j < rows; j++) {
      for (let i = 0; i < columns; i++, at++) {
        const x = clamp(i + (sign * flow[0][at]!) / 2, columns - 1.000001)
        const y = clamp(j + (sign * flow[1][at]!) / 2, rows - 1.000001)
        const z = clamp(k + (sign * flow[2][at]!) / 2, slices - 1.000001)
        const [a, b, c] = [x | 0, y | 0, z | 0]
        const [fx, fy, fz] = [x - a, y - b, z - c]
        const from = a + columns * b + plane * c
        const line = (o: number) => values[o]! + fx * (values[o + 1]! - values[o]!)
        const near = line(from) + fy * (line(from + columns) - line(from))
        const next = from + plane
        const far = line(next) + fy * (line(next + columns) - line(next))
        moved[at] = near + fz * (far - near)
      }
    }
  }
  return moved
}

/** Central differences along the three axes of a grid; one-sided at its border. */
export function slopesOf(
  values: Float32Array,
  { dimensions: [columns, rows, slices] }: Grid,
): [Float32Array, Float32Array, Float32Array] {
  const along = (stride: number, size: number, index: (at: number) => number) =>
    values.map((_, at) => {
      const n = index(at)
      const [back, on] = [n > 0 ? stride : 0, n < size - 1 ? stride : 0]
      return (values[at + on]! - values[at - back]!) / ((back + on) / stride)
    })
  const plane = columns * rows
  return [
    along(1, columns, (at) => at % columns),
    along(columns, rows, (at) => Math.floor(at / columns) % rows),
    along(plane, slices, (at) => Math.floor(at / plane)),
  ]
}

/**
 * The small, smooth flow that brings two evened boxes of one place (1 mm voxels) together: each is moved by
 * half of it, so that neither is favoured. At every place the flow of least squares over its surroundings
 * (Lucas and Kanade 1981), damped where the images tell little; `noise` is in the images' unit.
 */
export function followTissue(
  earlier: Float32Array,
  later: Float32Array,
  grid: Grid,
  noise: number,
): TissueFlow {
  const smooth = (intensities: Float32Array, mm: number) =>
    smoothVolume({ ...grid, intensities }, mm).intensities
  const [a0, b0] = [smooth(earlier, imageBlurMm), smooth(later, imageBlurMm)]
  const zeros = () => new Float32Array(a0.length)
  let flow: TissueFlow = [zeros(), zeros(), zeros()]
  for (let round = 0; round < rounds; round++) {
    const a = round === 0 ? a0 : followFlow(a0, grid, flow, -1)
    const b = round === 0 ? b0 : followFlow(b0, grid, flow, 1)
    const [gx, gy, gz] = slopesOf(
      a.map((value, at) => (value + b[at]!) / 2),
      grid,
    )
    const residual = a.map(
      (value, at) =>
        b[at]! - value - gx[at]! * flow[0][at]! - gy[at]! * flow[1][at]! - gz[at]! * flow[2][at]!,
    )
    const product = (one: Float32Array, other: Float32Array) =>
      smooth(
        one.map((value, at) => value * other[at]!),
        windowMm,
      )
    const [xx, yy, zz] = [product(gx, gx), product(gy, gy), product(gz, gz)]
    const [xy, xz, yz] = [product(gx, gy), product(gx, gz), product(gy, gz)]
    const [rx, ry, rz] = [product(gx, residual), product(gy, residual), product(gz, residual)]
    const next = [zeros(), zeros(), zeros()] as const
    const floor = damping * noise * noise
    for (let at = 0; at < residual.length; at++) {
      const [p, q, s] = [xx[at]! + floor, yy[at]! + floor, zz[at]! + floor]
      const [d, e, f] = [xy[at]!, xz[at]!, yz[at]!]
      const [u, v, w] = [-rx[at]!, -ry[at]!, -rz[at]!]
      // The inverse of a symmetric matrix by its cofactors.
      const [c0, c1, c2] = [q * s - f * f, e * f - d * s, d * f - e * q]
      const determinant = p * c0 + d * c1 + e * c2
      next[0][at] = (c0 * u + c1 * v + c2 * w) / determinant
      next[1][at] = (c1 * u + (p * s - e * e) * v + (d * e - p * f) * w) / determinant
      next[2][at] = (c2 * u + (d * e - p * f) * v + (p * q - d * d) * w) / determinant
    }
    flow = [smooth(next[0], flowBlurMm), smooth(next[1], flowBlurMm), smooth(next[2], flowBlurMm)]
  }
  return flow
}
