import type { Vector3 } from './grid.ts'

/** Three numbers as a vector. The caller guarantees that there are three. */
export const toVector3 = (values: readonly number[]): Vector3 => values as unknown as Vector3

export function dot(a: Vector3, b: Vector3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

export function cross(a: Vector3, b: Vector3): Vector3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/** a - b. */
export function subtract(a: Vector3, b: Vector3): Vector3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

export function scale(a: Vector3, factor: number): Vector3 {
  return [a[0] * factor, a[1] * factor, a[2] * factor]
}

/** Euclidean length, in the vector's own unit. */
export function lengthOf(a: Vector3): number {
  return Math.sqrt(dot(a, a))
}

/** The vector at length 1. The caller guarantees that its length is not 0. */
export function normalize(a: Vector3): Vector3 {
  const length = lengthOf(a)
  return [a[0] / length, a[1] / length, a[2] / length]
}
