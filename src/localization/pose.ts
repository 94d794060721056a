import type { Affine, Vector3 } from '../volume/grid.ts'
import { invertAffine } from '../volume/patient-affine.ts'

/** A 3x3 matrix, row-major. */
export type Matrix3 = readonly number[]

/**
 * Position of the template in the patient: template point p is at `matrix` (p - center) +
 * `position`.
 */
export interface Pose {
  readonly matrix: Matrix3
  /** Of the template's center, LPS mm of the patient. */
  readonly position: Vector3
}

/** The pose to 0.0001 mm, at its position and 100 mm from it. */
export function roundPose({ matrix, position }: Pose): Pose {
  const [x, y, z] = position
  const round = (value: number, digit: number) => Math.round(value / digit) * digit
  return {
    matrix: matrix.map((value) => round(value, 1e-6)),
    position: [round(x, 1e-4), round(y, 1e-4), round(z, 1e-4)],
  }
}

export function multiply(a: Matrix3, b: Matrix3): Matrix3 {
  return Array.from({ length: 9 }, (_, i) => {
    const [row, column] = [Math.floor(i / 3) * 3, i % 3]
    return a[row]! * b[column]! + a[row + 1]! * b[column + 3]! + a[row + 2]! * b[column + 6]!
  })
}

export function determinant(m: Matrix3): number {
  return (
    m[0]! * (m[4]! * m[8]! - m[5]! * m[7]!) -
    m[1]! * (m[3]! * m[8]! - m[5]! * m[6]!) +
    m[2]! * (m[3]! * m[7]! - m[4]! * m[6]!)
  )
}

/** The rotation about the vector by its length in radians (Rodrigues). */
export function rotationAbout([x, y, z]: Vector3): Matrix3 {
  const angle = Math.hypot(x, y, z)
  if (angle < 1e-12) return [1, 0, 0, 0, 1, 0, 0, 0, 1]
  const [a, b, c] = [x / angle, y / angle, z / angle]
  const [s, v] = [Math.sin(angle), 1 - Math.cos(angle)]
  return [
    1 - v * (b * b + c * c),
    v * a * b - s * c,
    v * a * c + s * b,
    v * a * b + s * c,
    1 - v * (a * a + c * c),
    v * b * c - s * a,
    v * a * c - s * b,
    v * b * c + s * a,
    1 - v * (a * a + b * b),
  ]
}

export const transpose = (m: Matrix3): Matrix3 => [0, 3, 6, 1, 4, 7, 2, 5, 8].map((i) => m[i]!)

function inverseOf(m: Matrix3): Matrix3 {
  const inverse = invertAffine([
    ...m.slice(0, 3),
    0,
    ...m.slice(3, 6),
    0,
    ...m.slice(6, 9),
    0,
    ...[0, 0, 0, 1],
  ])
  return [0, 1, 2, 4, 5, 6, 8, 9, 10].map((i) => inverse[i]!)
}

/**
 * The rotation nearest to a matrix with positive determinant: the orthogonal part of its polar
 * decomposition, by Newton's iteration (Higham 1986).
 */
export function nearestRotation(matrix: Matrix3): Matrix3 {
  let current = matrix
  for (let i = 0; i < 30; i++) {
    const other = transpose(inverseOf(current))
    current = current.map((value, at) => (value + other[at]!) / 2)
  }
  return current
}

/** The pose as an affine from the template's LPS mm to the patient's. */
export function toAffine({ matrix: m, position }: Pose, center: Vector3): Affine {
  const row = (i: 0 | 1 | 2) => {
    const [a, b, c] = [m[3 * i]!, m[3 * i + 1]!, m[3 * i + 2]!]
    return [a, b, c, position[i] - a * center[0] - b * center[1] - c * center[2]]
  }
  return [...row(0), ...row(1), ...row(2), 0, 0, 0, 1]
}
