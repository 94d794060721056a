/** A volume at a time; years of any fixed origin. */
export interface DatedVolume {
  readonly years: number
  readonly volumeMm3: number
}

export interface FittedRate {
  readonly percentPerYear: number
  /** Ends of the 95 % interval. */
  readonly lower: number
  readonly upper: number
  readonly timePoints: number
  readonly years: number
}

const normal95 = 1.959964

const square = (value: number) => value * value
const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/**
 * Change per year by least squares through all time points, in percent of the fitted volume at the
 * first; for two points it is their difference. The interval comes from the error of one scan
 * (`deviationPercent`, a standard deviation), which residuals of three or four points cannot
 * replace; if the points scatter more than it explains, the interval widens accordingly. Undefined
 * for fewer than two points, points of one moment, or volumes that are not positive.
 */
export function fitRate(
  points: readonly DatedVolume[],
  deviationPercent: number,
): FittedRate | undefined {
  const times = points.map(({ years }) => years)
  const volumes = points.map(({ volumeMm3 }) => volumeMm3)
  const [center, level] = [mean(times), mean(volumes)]
  const spread = times.reduce((sum, time) => sum + square(time - center), 0)
  if (points.length < 2 || spread === 0 || volumes.some((volume) => !(volume > 0))) return undefined
  const slope =
    points.reduce((sum, { years, volumeMm3 }) => sum + (years - center) * volumeMm3, 0) / spread
  const first = Math.min(...times)
  const baseline = level + slope * (first - center)
  if (!(baseline > 0)) return undefined

  const deviation = (deviationPercent / 100) * level
  const scatter = points.reduce(
    (sum, { years, volumeMm3 }) => sum + square(volumeMm3 - level - slope * (years - center)),
    0,
  )
  const excess = points.length > 2 ? scatter / (points.length - 2) / square(deviation) : 0
  const error = (deviation / Math.sqrt(spread)) * Math.sqrt(Math.max(1, excess))
  const percent = (value: number) => (100 * value) / baseline
  return {
    percentPerYear: percent(slope),
    lower: percent(slope - normal95 * error),
    upper: percent(slope + normal95 * error),
    timePoints: points.length,
    years: Math.max(...times) - first,
  }
}
