import type { ChangeOverTime, RateOfChange, TimePoint, UnusedStudy } from './change-over-time.ts'
import {
  type ChangeReference,
  changeReference,
  choosePublished,
  scanDeviationPercent,
} from './change-reference.ts'
import { describeRates, explainNoRate, explainRates } from './describe-change.ts'
import type { Side } from './hippocampus-volumes.ts'
import { parseYears } from './parse-years.ts'
import { fitRate } from './rate-of-change.ts'

type RatedSide = RateOfChange['side']

function totalOf({ volumes }: TimePoint, side: Side): number | undefined {
  return volumes.find((one) => one.side === side)?.totalMm3
}

function volumeOf(point: TimePoint, side: RatedSide): number | undefined {
  if (side !== 'both') return totalOf(point, side)
  const [left, right] = [totalOf(point, 'left'), totalOf(point, 'right')]
  return left === undefined || right === undefined ? undefined : left + right
}

/**
 * Compares the measured studies of a patient: rates of the comparable ones, for each known side and
 * for both together, and sentences about them. `points` holds this study (yearsBefore 0) and the
 * earlier ones in any order; `notes` are sentences to add.
 */
export function compareOverTime(
  points: readonly TimePoint[],
  unused: readonly UnusedStudy[],
  notes: readonly string[] = [],
  reference: ChangeReference = changeReference,
): ChangeOverTime {
  const timePoints = points.toSorted((a, b) => b.yearsBefore - a.yearsBefore)
  const comparable = timePoints.filter((point) => point.comparable)
  const deviation = scanDeviationPercent(reference.repeatScanDifferencePercent)
  const rates = (['left', 'right', 'both'] as const).flatMap((side): RateOfChange[] => {
    const dated = comparable.flatMap((point) => {
      const volumeMm3 = volumeOf(point, side)
      return volumeMm3 === undefined ? [] : [{ years: -point.yearsBefore, volumeMm3 }]
    })
    const rate = fitRate(dated, deviation)
    return rate === undefined || rate.years < reference.minimumYears ? [] : [{ side, ...rate }]
  })
  const found = timePoints.length - 1 + unused.length
  const years = Math.max(0, ...comparable.map(({ yearsBefore }) => yearsBefore))
  const said =
    rates.length > 0
      ? describeRates(rates)
      : explainNoRate({ found, comparable: comparable.length - 1 }, years, reference.minimumYears)
  const published =
    rates.length > 0 ? choosePublished(reference, parseYears(timePoints.at(-1)?.age)) : []
  return {
    timePoints,
    rates,
    published,
    unused: unused.toSorted((a, b) => (a.studyDate < b.studyDate ? -1 : 1)),
    sentence: [said, ...notes].join(' '),
    ...(rates.length > 0 && { details: explainRates(rates, published) }),
  }
}
