import { quantileOf } from './normal-distribution.ts'
import type { Interval } from './place-volume.ts'

/**
 * A volume relative to the alarm percentile: below it; below it with an interval that reaches
 * above; above it with one that reaches below; within; above the opposite percentile.
 */
export type Standing = 'below' | 'probably-below' | 'probably-within' | 'within' | 'above'

/** Default percentile below which a volume is called small. */
export const defaultAlarmPercentile = 5

/**
 * The standing of a z-score with its interval. The alarm is for small volumes: around it the
 * interval makes a grey zone, so that values on either side get similar sentences; a large volume
 * is not a finding.
 */
export function rateStanding({ value, low, high }: Interval, alarmPercentile: number): Standing {
  const limit = quantileOf(alarmPercentile / 100)
  if (high < limit) return 'below'
  if (value < limit) return 'probably-below'
  if (low < limit) return 'probably-within'
  return low > -limit ? 'above' : 'within'
}
