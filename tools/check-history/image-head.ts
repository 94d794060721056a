import { toVector3 } from '../../src/volume/vector3.ts'
import type { Template } from '../sample-study/read-template.ts'
import { seededRandom } from '../seeded-random.ts'
import type { Vector3, Warp } from './shrink-label.ts'

/** A sagittal 3D series: rows run to the back, columns down, slices to the right; 1 mm. */
export interface HeadGrid {
  readonly columns: number
  readonly rows: number
  readonly slices: number
  /** LPS position of the middle of the grid. */
  readonly center: Vector3
}

/**
 * The effects of one scanner visit: position, coil shading and noise; equal seeds give equal
 * visits.
 */
export interface Visit {
  /** Point of the head (LPS) for a point in the scanner. */
  readonly toHead: (point: Vector3) => Vector3
  readonly toScanner: (point: Vector3) => Vector3
  /** Brightness at a point in the scanner. */
  readonly shading: (point: Vector3) => number
  /** A normal number. */
  readonly normal: () => number
}

const scale = (values: readonly number[], factor: number) => values.map((value) => value * factor)

function rotation(degrees: readonly number[]): readonly (readonly number[])[] {
  const [a, b, c] = degrees.map((angle) => (angle * Math.PI) / 180) as [number, number, number]
  const [sa, ca, sb, cb, sc, cc] = [
    Math.sin(a),
    Math.cos(a),
    Math.sin(b),
    Math.cos(b),
    Math.sin(c),
    Math.cos(c),
  ]
  return [
    [cb * cc, sa * sb * cc - ca * sc, ca * sb * cc + sa * sc],
    [cb * sc, sa * sb * sc + ca * cc, ca * sb * sc - sa * cc],
    [-sb, sa * cb, ca * cb],
  ]
}

/**
 * Rotated by up to 5 degrees about each axis, moved by up to 5 mm, shaded by up to about a tenth.
 */
export function makeVisit(seed: number): Visit {
  const random = seededRandom(seed)
  const between = (limit: number) => limit * (2 * random() - 1)
  const turn = rotation([between(5), between(5), between(5)])
  const shift = [between(5), between(5), between(5)]
  const slopes = Array.from({ length: 9 }, () => between(1))
  const strength = 0.12 / slopes.reduce((sum, slope) => sum + Math.abs(slope), 0)
  return {
    toHead: (point) => {
      const moved = point.map((at, axis) => at - shift[axis]!)
      return toVector3(
        turn.map((_, axis) => moved.reduce((sum, at, row) => sum + turn[row]![axis]! * at, 0)),
      )
    },
    toScanner: (point) =>
      toVector3(
        turn.map(
          (row, axis) =>
            row.reduce((sum, factor, at) => sum + factor * point[at]!, 0) + shift[axis]!,
        ),
      ),
    shading: (point) => {
      const [x, y, z] = scale(point, 1 / 100) as [number, number, number]
      const terms = [x, y, z, x * x, y * y, z * z, x * y, y * z, x * z]
      return 1 + strength * terms.reduce((sum, term, index) => sum + slopes[index]! * term, 0) * 2
    },
    normal: () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  }
}

/** Weights of the four samples around a place between two (Catmull and Rom), for cubic interpolation. */
function cubic(t: number): readonly [number, number, number, number] {
  return [
    0.5 * t * (-1 + t * (2 - t)),
    0.5 * (2 + t * t * (-5 + 3 * t)),
    0.5 * t * (1 + t * (4 - 3 * t)),
    0.5 * t * t * (t - 1),
  ]
}

function sample(head: Template, [x, y, z]: Vector3): number {
  const [i, j, k] = [Math.floor(x), Math.floor(y), Math.floor(z)]
  const [columns, rows, slices] = head.dimensions
  if (i < -1 || j < -1 || k < -1 || i > columns || j > rows || k > slices) return 0
  const [wx, wy, wz] = [cubic(x - i), cubic(y - j), cubic(z - k)]
  let sum = 0
  for (let c = 0; c < 4; c++) {
    for (let b = 0; b < 4; b++) {
      const weight = wz[c]! * wy[b]!
      for (let a = 0; a < 4; a++) sum += weight * wx[a]! * head.at(i - 1 + a, j - 1 + b, k - 1 + c)
    }
  }
  return Math.max(0, sum)
}

/** Voxel of a template for a point of the head (LPS). */
export function toVoxel({ origin }: Template, [x, y, z]: Vector3): Vector3 {
  return [origin[0] - x, origin[1] - y, z - origin[2]]
}

/** The inverse. */
export function toHeadPoint({ origin }: Template, [i, j, k]: Vector3): Vector3 {
  return [origin[0] - i, origin[1] - j, origin[2] + k]
}

/** Standard deviation of the noise where white matter is about 800. */
const noise = 14

/** One slice of a changed head as imaged at a visit, 12 bits. */
export function imageSlice(
  head: Template,
  warp: Warp,
  visit: Visit,
  grid: HeadGrid,
  slice: number,
): Int16Array {
  const { columns, rows, slices, center } = grid
  const pixels = new Int16Array(columns * rows)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const point: Vector3 = [
        center[0] - (slice - (slices - 1) / 2),
        center[1] + column - (columns - 1) / 2,
        center[2] - (row - (rows - 1) / 2),
      ]
      const place = warp(toVoxel(head, visit.toHead(point)))
      const signal = 4 * sample(head, place) * visit.shading(point)
      const magnitude = Math.hypot(signal + noise * visit.normal(), noise * visit.normal())
      pixels[row * columns + column] = Math.min(4095, Math.round(magnitude))
    }
  }
  return pixels
}
