import type { SideComparison } from '../measurement/norms/compare-with-norms.ts'
import { judgeQuality } from './judge-quality.ts'
import type { ReportInput } from './report-input.ts'
import { orderVolumes } from './shown-sides.ts'
import { texts } from './texts.ts'

/** z-score at which 2.5 of 100 healthy people lie beyond. */
const limit = 1.96

/** Where a volume stands, said as surely as its interval allows. */
export function describeStanding({
  zScore: { value, low, high },
}: Pick<SideComparison, 'zScore'>): string {
  const { normal } = texts
  if (high < -limit) return normal.below
  if (value < -limit) return normal.probablyBelow
  if (low > limit) return normal.above
  if (value > limit) return normal.probablyAbove
  if (low < -limit) return normal.mayBeBelow
  return high > limit ? normal.mayBeAbove : normal.within
}

/** The answer to question 1. */
export function answerNormality(input: ReportInput): string {
  const { norms, volumes } = input
  const { normal } = texts
  if (volumes.length === 0) return normal.noVolume
  if (judgeQuality(input).verdict === 'rejected') return normal.withheld
  if (norms === undefined) return normal.noPercentile
  if (!norms.compared) return `${normal.noPercentile} ${norms.sentence}`
  const standings = orderVolumes(input).flatMap(({ side }) => {
    const found = norms.sides.find((one) => one.side === side)
    return found === undefined ? [] : [{ side, standing: describeStanding(found) }]
  })
  const [first, second] = standings
  return second === undefined
    ? normal.oneSide(first!.side, first!.standing)
    : normal.sides(first!.standing, second.standing)
}
