import type { LogRatios } from './calibration-person.ts'

/** Prior of a coefficient: mean and standard deviation. */
export interface Belief {
  readonly mean: number
  readonly deviation: number
}

/** Priors of the coefficients. */
export interface Beliefs {
  readonly agePerYear: Belief
  readonly icvPerLitre: Belief
  /** Prior of the logarithm of the spread; absent: no prior. */
  readonly logSpread?: Belief
}

/** Coefficients and residuals of one fit. */
export interface LogRatioFit {
  readonly level: number
  readonly right: number
  readonly agePerYear: number
  readonly icvPerLitre: number
  readonly logSpread: number
  /** Variance of one person's mean of both sides around the fit, within sites. */
  readonly residualVariance: number
  /** Level of each site's healthy people. */
  readonly siteLevels: readonly { readonly level: number; readonly people: number }[]
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
const sumOf = <T>(values: readonly T[], of: (value: T) => number) =>
  values.reduce((sum, value) => sum + of(value), 0)

/** Groups values by key, in their original order. */
export function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): T[][] {
  const groups = new Map<string, T[]>()
  for (const value of values) {
    const key = keyOf(value)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [value])
    else group.push(value)
  }
  return [...groups.values()]
}

const middle = ({ logs }: LogRatios) => (logs[0] + logs[1]) / 2

/**
 * Each person's years, litres and mean log ratio relative to the means of the same site and group.
 */
function centre(cells: readonly (readonly LogRatios[])[]) {
  return cells.flatMap((cell) => {
    const [years, litres, log] = [
      mean(cell.map((one) => one.years)),
      mean(cell.map((one) => one.litres)),
      mean(cell.map(middle)),
    ]
    return cell.map((one) => ({
      x: one.years - years,
      w: one.litres - litres,
      y: middle(one) - log,
    }))
  })
}

/** Slopes within sites, shrunk towards their priors. */
function fitSlopes(cells: readonly (readonly LogRatios[])[], { agePerYear, icvPerLitre }: Beliefs) {
  const rows = centre(cells)
  const free = Math.max(1, rows.length - cells.length - 1)
  let [age, icv] = [agePerYear.mean, icvPerLitre.mean]
  let variance = 0
  // The shrinkage depends on the variance, which depends on the slopes: iterate a few times.
  for (let round = 0; round < 5; round++) {
    variance = sumOf(rows, ({ x, w, y }) => (y - age * x - icv * w) ** 2) / free
    const [pullAge, pullIcv] = [agePerYear, icvPerLitre].map(
      ({ deviation }) => variance / deviation ** 2,
    )
    const [xx, ww, xw] = [
      sumOf(rows, ({ x }) => x * x) + pullAge!,
      sumOf(rows, ({ w }) => w * w) + pullIcv!,
      sumOf(rows, ({ x, w }) => x * w),
    ]
    const xy = sumOf(rows, ({ x, y }) => x * y) + pullAge! * agePerYear.mean
    const wy = sumOf(rows, ({ w, y }) => w * y) + pullIcv! * icvPerLitre.mean
    const determinant = xx * ww - xw * xw
    if (determinant === 0) break
    age = (xy * ww - wy * xw) / determinant
    icv = (wy * xx - xy * xw) / determinant
  }
  return { age, icv, variance }
}

/**
 * z-scores around site and fit, in units of the norms' residual, with the other method's if known.
 */
function listScores(
  cells: readonly (readonly LogRatios[])[],
  right: number,
  age: number,
  icv: number,
) {
  return cells.flatMap((cell) => {
    const level = mean(cell.map((one) => middle(one) - age * one.years - icv * one.litres))
    return cell.flatMap(({ years, litres, logs, precisions, theirs }) => {
      const shared = level + age * years + icv * litres
      return logs.map((log, side) => ({
        z: (Math.exp(log - shared - right * (side - 0.5)) - 1) * precisions[side]!,
        theirs: theirs?.[side],
      }))
    })
  })
}

/** Prior standard deviation of a method's slope against another around 1. */
const slopeDeviation = 0.3

/** ln of the spread of both sides around site and fit, over the norms' residual. */
function fitSpread(
  cells: readonly (readonly LogRatios[])[],
  right: number,
  age: number,
  icv: number,
  belief: Belief | undefined,
): number {
  const people = sumOf(cells, (cell) => cell.length)
  const scores = listScores(cells, right, age, icv)
  const free = Math.max(1, people - cells.length - 1)
  // For people measured with the other method, z is the difference: its slope against the norms'
  // z-scores scales the norms' own spread, and the residual is added.
  const isPaired = scores.every(({ theirs }) => theirs !== undefined)
  const products = isPaired ? sumOf(scores, ({ z, theirs }) => z * theirs!) : 0
  const ownSquares = isPaired ? sumOf(scores, ({ theirs }) => theirs! ** 2) : 1
  const slope = isPaired ? products / (ownSquares + 1 / slopeDeviation ** 2) : 0
  const squares = sumOf(scores, ({ z, theirs = 0 }) => (z - slope * theirs) ** 2)
  const rest = Math.sqrt(squares / 2 / free)
  const found = Math.log(isPaired ? Math.hypot(1 + slope, rest) : rest)
  if (belief === undefined) return found
  // The two sides of a person are nearly one measurement, so count people, not sides.
  const [ofData, ofBelief] = [2 * free, 1 / belief.deviation ** 2]
  return (ofData * found + ofBelief * belief.mean) / (ofData + ofBelief)
}

/**
 * Fits level, side, slopes and spread to the log ratios of people of several sites. Slopes and
 * spread are fitted within sites and groups, so that differences between sites are not mistaken for
 * effects of age; the level is the mean of the sites' healthy people, weighted by their errors and
 * the variance between sites, `siteVariance`. At least one site needs healthy people.
 */
export function fitLogRatios(
  people: readonly LogRatios[],
  beliefs: Beliefs,
  siteVariance: number,
): LogRatioFit {
  const cells = groupBy(people, ({ site, group }) => `${site}\n${group}`)
  const { age, icv, variance } = fitSlopes(cells, beliefs)
  const right = mean(people.map(({ logs }) => logs[1] - logs[0]))
  const healthy = people.filter(({ group }) => group === '')
  const siteLevels = groupBy(healthy, ({ site }) => site).map((site) => ({
    level: mean(site.map((one) => middle(one) - age * one.years - icv * one.litres)),
    people: site.length,
  }))
  const weights = siteLevels.map((site) => 1 / (siteVariance + variance / site.people))
  const total = sumOf(weights, (weight) => weight)
  return {
    level: siteLevels.reduce((sum, site, index) => sum + weights[index]! * site.level, 0) / total,
    right,
    agePerYear: age,
    icvPerLitre: icv,
    logSpread: fitSpread(cells, right, age, icv, beliefs.logSpread),
    residualVariance: variance,
    siteLevels,
  }
}
