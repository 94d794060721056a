import { solveNormal } from '../localization/solve-linear.ts'
import type { Vector3, Volume } from '../volume/grid.ts'
import { biweight, fitPairShading, robustSpread, shadingAt } from './even-pair.ts'
import { type HeadFrame, moveFrame } from './half-way-frame.ts'
import { samplePoints } from './sample-points.ts'

/** One person's head at two moments, each with where the half-way space lies in it. */
export interface HeadPair {
  readonly earlier: Volume
  readonly later: Volume
  readonly frames: readonly [HeadFrame, HeadFrame]
}

export interface Alignment {
  readonly frames: readonly [HeadFrame, HeadFrame]
  /** Robust standard deviation of what the two show differently, over that of what they show. */
  readonly difference: number
  /** Correlation of both at the points, -1 to 1. */
  readonly correlation: number
  /** Share (0 to 1) of the points that both scans show. */
  readonly coverage: number
}

const size = 6
/** A step of less than this ends the search, mm or mm at the lever. */
const shortestStep = 0.003
const leverMm = 50

/**
 * Aligns two scans of one head as rigid bodies: moves each by half of what brings them together, so that
 * neither is favoured; exchanging them gives the same half-way space. Brightness is evened on the way, and
 * what changed in between counts little (iterated Gauss-Newton with Tukey's biweight). `points` are places
 * of the half-way space that are compared, x, y, z one after another, mm. Undefined where too little is
 * shown by both.
 */
export function alignHeads(
  { earlier, later, frames: start }: HeadPair,
  points: Float32Array,
  steps: number,
): Alignment | undefined {
  let frames = start
  let last: Omit<Alignment, 'frames'> | undefined
  for (let step = 0; step <= steps; step++) {
    const a = samplePoints(earlier, frames[0], points)
    const b = samplePoints(later, frames[1], points)
    const shading = fitPairShading(points, a.values, b.values)
    if (shading === undefined) return undefined
    const shades = shadingAt(shading, points)
    const gains = shades.map((shade) => Math.exp(shade / 2))
    const residuals = a.values.map((value, at) => b.values[at]! / gains[at]! - value * gains[at]!)
    const spread = robustSpread(residuals)
    last = describe(a.values, b.values, gains, residuals, spread)
    if (last.coverage < 0.5 || step === steps) break
    const move = planMove(points, a.slopes, b.slopes, gains, residuals, spread)
    if (move === undefined) return undefined
    const [x, y, z, u, v, w] = [...move] as [number, number, number, number, number, number]
    const shift: Vector3 = [x / 2, y / 2, z / 2]
    const turn: Vector3 = [u / leverMm / 2, v / leverMm / 2, w / leverMm / 2]
    frames = [
      moveFrame(frames[0], [-shift[0], -shift[1], -shift[2]], [-turn[0], -turn[1], -turn[2]]),
      moveFrame(frames[1], shift, turn),
    ]
    if (move.every((mm) => Math.abs(mm) < shortestStep)) break
  }
  return last && { frames, ...last }
}

function planMove(
  points: Float32Array,
  a: Float32Array,
  b: Float32Array,
  gains: Float32Array,
  residuals: Float32Array,
  spread: number,
): Float64Array | undefined {
  const normal = new Float64Array(size * size)
  const right = new Float64Array(size)
  const row = new Float64Array(size)
  for (let at = 0, p = 0; at < residuals.length; at++, p += 3) {
    const residual = residuals[at]!
    if (Number.isNaN(residual)) continue
    const weight = biweight(residual, spread)
    if (weight === 0) continue
    const gain = gains[at]!
    const gx = (a[p]! * gain + b[p]! / gain) / 2
    const gy = (a[p + 1]! * gain + b[p + 1]! / gain) / 2
    const gz = (a[p + 2]! * gain + b[p + 2]! / gain) / 2
    const x = points[p]! / leverMm
    const y = points[p + 1]! / leverMm
    const z = points[p + 2]! / leverMm
    row[0] = gx
    row[1] = gy
    row[2] = gz
    row[3] = y * gz - z * gy
    row[4] = z * gx - x * gz
    row[5] = x * gy - y * gx
    for (let r = 0; r < size; r++) {
      const value = weight * row[r]!
      right[r]! -= value * residual
      for (let c = r; c < size; c++) normal[r * size + c]! += value * row[c]!
    }
  }
  return solveNormal(normal, right, size)
}

function describe(
  a: Float32Array,
  b: Float32Array,
  gains: Float32Array,
  residuals: Float32Array,
  spread: number,
): Omit<Alignment, 'frames'> {
  let [n, sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0, 0]
  for (let at = 0; at < a.length; at++) {
    if (Number.isNaN(residuals[at]!)) continue
    const x = a[at]! * gains[at]!
    const y = b[at]! / gains[at]!
    n++
    sumA += x
    sumB += y
    sumAA += x * x
    sumBB += y * y
    sumAB += x * y
  }
  const varA = sumAA / n - (sumA / n) ** 2
  const varB = sumBB / n - (sumB / n) ** 2
  const covariance = sumAB / n - (sumA / n) * (sumB / n)
  return {
    coverage: n / a.length,
    correlation: covariance / Math.sqrt(varA * varB),
    difference: spread / Math.sqrt((varA + varB) / 2),
  }
}
