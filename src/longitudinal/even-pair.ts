import { fillTerms, termCounts } from '../localization/polynomial-terms.ts'
import { solveNormal } from '../localization/solve-linear.ts'
import { selectRank } from '../volume/select-rank.ts'

/** Logarithm of how much brighter the later scan is at a place of the half-way space: a quadratic. */
export interface PairShading {
  readonly coefficients: Float64Array
}

/** Coordinates are counted in this distance from the origin, mm. */
const reachMm = 60
const size = termCounts[2]
const rounds = 6
/** Tukey's biweight keeps 95 % of the efficiency at this many robust standard deviations. */
export const tukey = 4.685

/** Robust standard deviation of residuals about 0, never 0; NaN counts as none. */
export function robustSpread(residuals: Float32Array): number {
  const sizes = residuals.filter((value) => !Number.isNaN(value)).map(Math.abs)
  return Math.max(1e-6, 1.4826 * (medianOf(sizes) ?? 0))
}

/** Tukey's biweight of a residual. */
export function biweight(residual: number, spread: number): number {
  const u = residual / (tukey * spread)
  return u * u < 1 ? (1 - u * u) ** 2 : 0
}

/** The logarithm of the shading at points of the half-way space (x, y, z one after another, mm). */
export function shadingAt({ coefficients }: PairShading, points: Float32Array): Float32Array {
  const row = new Float64Array(size)
  const shades = new Float32Array(points.length / 3)
  for (let at = 0, p = 0; at < shades.length; at++, p += 3) {
    fillTerms(row, points[p]! / reachMm, points[p + 1]! / reachMm, points[p + 2]! / reachMm)
    let sum = 0
    for (let i = 0; i < size; i++) sum += row[i]! * coefficients[i]!
    shades[at] = sum
  }
  return shades
}

/**
 * Fits how much brighter the later scan is than the earlier one, smoothly over the half-way space, to what
 * both show of tissue at the same points. Dark places tell little of brightness and are left out; what
 * changed between the scans counts little (Tukey's biweight). Undefined where there is nothing to fit.
 */
export function fitPairShading(
  points: Float32Array,
  earlier: Float32Array,
  later: Float32Array,
): PairShading | undefined {
  const floorOf = (values: Float32Array) => {
    const middle = medianOf(values.filter((value) => value > 0))
    return middle === undefined ? Number.POSITIVE_INFINITY : 0.6 * middle
  }
  const [floorA, floorB] = [floorOf(earlier), floorOf(later)]
  const ratios = earlier.map((value, at) =>
    value > floorA && later[at]! > floorB ? Math.log(later[at]! / value) : Number.NaN,
  )
  let coefficients: Float64Array | undefined
  for (let round = 0; round < rounds; round++) {
    const middle = coefficients ? 0 : (medianOf(ratios.filter((one) => !Number.isNaN(one))) ?? 0)
    const shades = coefficients && shadingAt({ coefficients }, points)
    const residuals = ratios.map((ratio, at) => ratio - (shades?.[at] ?? middle))
    const spread = robustSpread(residuals)
    const normal = new Float64Array(size * size)
    const right = new Float64Array(size)
    const row = new Float64Array(size)
    for (let at = 0, p = 0; at < ratios.length; at++, p += 3) {
      const ratio = ratios[at]!
      if (Number.isNaN(ratio)) continue
      const weight = biweight(residuals[at]!, spread)
      if (weight === 0) continue
      fillTerms(row, points[p]! / reachMm, points[p + 1]! / reachMm, points[p + 2]! / reachMm)
      for (let r = 0; r < size; r++) {
        const value = weight * row[r]!
        right[r]! += value * ratio
        for (let c = r; c < size; c++) normal[r * size + c]! += value * row[c]!
      }
    }
    const solution = solveNormal(normal, right, size, 1e-9)
    if (solution === undefined) break
    coefficients = solution
  }
  return coefficients && { coefficients }
}

/** The middle one of some values, the upper of two; undefined without any. Rearranges them. */
function medianOf(values: Float32Array): number | undefined {
  return values.length === 0 ? undefined : selectRank(values, values.length >> 1)
}
