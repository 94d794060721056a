import type { LogRatios } from './calibration-person.ts'
import { type Beliefs, groupBy } from './fit-log-ratios.ts'

/** A number from a standard normal distribution (Box and Muller). */
export function drawNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/**
 * The same sites and groups with resampled people, each site shifted by the variation between
 * sites.
 */
export function drawAnew(people: readonly LogRatios[], siteScatter: number, random: () => number) {
  const cells = groupBy(people, ({ site, group }) => `${site}\n${group}`)
  const shifts = new Map<string, number>()
  return cells.flatMap((cell) =>
    cell.map((): LogRatios => {
      const one = cell[Math.floor(random() * cell.length)]!
      const shift = shifts.get(one.site) ?? siteScatter * drawNormal(random)
      shifts.set(one.site, shift)
      return { ...one, logs: [one.logs[0] + shift, one.logs[1] + shift] }
    }),
  )
}

/** Priors sampled from their own distributions, so that fits vary by their uncertainty. */
export function drawBeliefs(beliefs: Beliefs, random: () => number): Beliefs {
  const around = ({ mean, deviation }: Beliefs['agePerYear']) => ({
    mean: mean + deviation * drawNormal(random),
    deviation,
  })
  return {
    agePerYear: around(beliefs.agePerYear),
    icvPerLitre: around(beliefs.icvPerLitre),
    ...(beliefs.logSpread && { logSpread: around(beliefs.logSpread) }),
  }
}

/** Covariance of lists of equal length, one per sample. */
export function covarianceOf(draws: readonly (readonly number[])[]): number[][] {
  const size = draws[0]!.length
  const means = Array.from(
    { length: size },
    (_, at) => draws.reduce((sum, draw) => sum + draw[at]!, 0) / draws.length,
  )
  return Array.from({ length: size }, (_, row) =>
    Array.from(
      { length: size },
      (_, column) =>
        draws.reduce(
          (sum, draw) => sum + (draw[row]! - means[row]!) * (draw[column]! - means[column]!),
          0,
        ) /
        (draws.length - 1),
    ),
  )
}
