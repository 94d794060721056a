import type { Vector3 } from '../volume/grid.ts'
import { fillTerms, termCounts } from './polynomial-terms.ts'
import { solveNormal } from './solve-linear.ts'
import type { TemplatePoints } from './template.ts'

/** Brightening by the coil at each point of the template, about 1: a polynomial of low order. */
export interface Shading {
  readonly center: Vector3
  readonly order: 2 | 3
  readonly coefficients: Float64Array
}

/** Coordinates are scaled by this distance from the center, mm, the size of a brain. */
const reachMm = 80
/** The polynomial is clamped beyond this distance: it has no data there. */
const farthest = 1.15
const [darkest, brightest] = [0.1, 10]
const rounds = 3
/** Residuals above this multiple of their usual size are down-weighted. */
const usualResiduals = 2

const within = (u: number) => (u < -farthest ? -farthest : u > farthest ? farthest : u)

/** Returns the shading at points of the template, LPS mm. */
export function makeShadingAt({ center, coefficients }: Shading) {
  const row = new Float64Array(coefficients.length)
  return (x: number, y: number, z: number): number => {
    fillTerms(
      row,
      within((x - center[0]) / reachMm),
      within((y - center[1]) / reachMm),
      within((z - center[2]) / reachMm),
    )
    let sum = 0
    for (let i = 0; i < row.length; i++) sum += row[i]! * coefficients[i]!
    return sum < darkest ? darkest : sum > brightest ? brightest : sum
  }
}

/** The shading at each of the template's points. */
export function shadeOf(shading: Shading, { positions }: TemplatePoints): Float32Array {
  const at = makeShadingAt(shading)
  const shades = new Float32Array(positions.length / 3)
  for (let i = 0, from = 0; i < shades.length; i++, from += 3) {
    shades[i] = at(positions[from]!, positions[from + 1]!, positions[from + 2]!)
  }
  return shades
}

interface Line {
  readonly base: number
  readonly slope: number
}

/** Linear relation between the head without its shading and the template's intensities. */
function fitLine(
  template: Float32Array,
  shown: Float32Array,
  shade: Float32Array,
  weight: Float32Array,
): Line {
  let [n, sumT, sumH, sumTT, sumTH] = [0, 0, 0, 0, 0]
  for (let at = 0; at < shown.length; at++) {
    const h = shown[at]! / shade[at]!
    if (Number.isNaN(h)) continue
    const t = template[at]!
    const w = weight[at]!
    n += w
    sumT += w * t
    sumH += w * h
    sumTT += w * t * t
    sumTH += w * t * h
  }
  const slope = (sumTH - (sumT * sumH) / n) / (sumTT - (sumT * sumT) / n)
  return { slope, base: Math.max(0, (sumH - slope * sumT) / n) }
}

/** Least squares fit of the polynomial times the expected intensities to the observed ones. */
function fitPolynomial(
  { positions, intensities: template }: TemplatePoints,
  center: Vector3,
  shown: Float32Array,
  { base, slope }: Line,
  weight: (at: number) => number,
  size: number,
): Float64Array | undefined {
  const normal = new Float64Array(size * size)
  const right = new Float64Array(size)
  const row = new Float64Array(size)
  for (let at = 0, from = 0; at < shown.length; at++, from += 3) {
    const h = shown[at]!
    if (Number.isNaN(h)) continue
    const expected = base + slope * template[at]!
    const [x, y, z] = [positions[from]!, positions[from + 1]!, positions[from + 2]!]
    fillTerms(row, (x - center[0]) / reachMm, (y - center[1]) / reachMm, (z - center[2]) / reachMm)
    const w = weight(at) * expected
    for (let r = 0; r < size; r++) {
      right[r]! += row[r]! * w * h
      const value = row[r]! * w * expected
      for (let c = r, to = r * size + r; c < size; c++, to++) normal[to]! += value * row[c]!
    }
  }
  return solveNormal(normal, right, size, 1e-6)
}

/**
 * Fits the shading of the given order so that its product with the template's expected intensities
 * matches the head at the template's points (NaN outside the head). Points unlike the template,
 * such as lesions or vessels, are down-weighted. Undefined if head and template are not positively
 * correlated.
 */
export function fitShading(
  points: TemplatePoints,
  center: Vector3,
  shown: Float32Array,
  order: 2 | 3,
): Shading | undefined {
  const { intensities: template } = points
  const weight = new Float32Array(shown.length).fill(1)
  let shade: Float32Array = weight.slice()
  let shading: Shading | undefined
  for (let round = 0; round < rounds; round++) {
    const line = fitLine(template, shown, shade, weight)
    if (!(line.slope > 0)) return shading
    // Errors relative to the shading; otherwise the brightest corner would dominate.
    const relative = (at: number) => weight[at]! / (shade[at]! * shade[at]!)
    const size = termCounts[order]
    const coefficients = fitPolynomial(points, center, shown, line, relative, size)
    if (coefficients === undefined) return shading
    shading = { center, order, coefficients }
    shade = shadeOf(shading, points)
    const offOf = (at: number) => shown[at]! / shade[at]! - (line.base + line.slope * template[at]!)
    let [n, squares] = [0, 0]
    for (let at = 0; at < shown.length; at++) {
      const off = offOf(at)
      if (Number.isNaN(off)) continue
      n++
      squares += weight[at]! * off * off
    }
    const usual = (usualResiduals * usualResiduals * squares) / n
    for (let at = 0; at < shown.length; at++) {
      const off = offOf(at)
      weight[at] = Number.isNaN(off) ? 0 : 1 / (1 + (off * off) / usual)
    }
  }
  return shading
}
