import { quantileOf } from './normal-distribution.ts'
import type { Interval } from './place-volume.ts'

/**
 * Where a volume stands against the alarm: surely below it; below it with an interval that reaches above;
 * above it with one that reaches below; within; surely above the opposite percentile.
 */
export type Standing = 'below' | 'probably-below' | 'probably-within' | 'within' | 'above'

/** Percentile under which a volume is called small, unless a site sets another. */
export const defaultAlarmPercentile = 5

/**
 * The standing of a z-score with its interval. The alarm is for small volumes: around it the interval makes
 * a grey zone, so that neighbours on either side of it are told alike; a large volume is no finding.
 */
export function rateStanding({ value, low, high }: Interval, alarmPercentile: number): Standing {
  const limit = quantileOf(alarmPercentile / 100)
  if (high < limit) return 'below'
  if (value < limit) return 'probably-below'
  if (low < limit) return 'probably-within'
  return low > -limit ? 'above' : 'within'
}
