import { describeDifferences } from '../measurement/agreement.ts'
import type { ModelName, PartComparison, ShadowComparison } from './shadow-comparison.ts'

/** One kind of series, side and part over all studies; volumes in mm3, the second model minus the first. */
export interface ComparisonRow {
  readonly kind: 'crop' | 'head'
  readonly side: PartComparison['side']
  readonly part: PartComparison['part']
  readonly cases: number
  readonly meanActiveMm3: number
  readonly meanDifferenceMm3: number
  readonly meanDifferencePercent: number
  /** 95 % interval of the mean difference; absent for a single case, like the limits. */
  readonly intervalMm3?: readonly [number, number]
  readonly limitsOfAgreementMm3?: readonly [number, number]
  readonly meanDice: number
  readonly worstDice: number
}

export interface WorstCase {
  readonly jobId: string
  readonly orthancStudyId: string
  readonly side: PartComparison['side']
  readonly activeMm3: number
  readonly shadowMm3: number
  readonly dice: number
}

export interface ComparisonTable {
  readonly active: ModelName
  readonly shadow: ModelName
  readonly from: string
  readonly to: string
  readonly studies: number
  /** Studies that the second model could not measure, by the code of the error. */
  readonly failed: readonly { readonly code: string; readonly studies: number }[]
  readonly rows: readonly ComparisonRow[]
  /** Whole hippocampi on which the two agree least, the worst first. */
  readonly worst: readonly WorstCase[]
  readonly milliseconds: {
    readonly activeMedian: number
    readonly shadowMedian: number
    readonly shadow95: number
  }
}

const shownWorst = 10
const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
}

function describeRow(
  kind: 'crop' | 'head',
  parts: readonly [PartComparison, ...PartComparison[]],
): ComparisonRow {
  const { side, part } = parts[0]
  const agreement = describeDifferences(
    parts.map(({ activeMm3, shadowMm3 }) => shadowMm3 - activeMm3),
  )
  const meanActiveMm3 = mean(parts.map(({ activeMm3 }) => activeMm3))
  const dice = parts.map((one) => one.dice)
  return {
    kind,
    side,
    part,
    cases: parts.length,
    meanActiveMm3,
    meanDifferenceMm3: agreement.meanDifference,
    meanDifferencePercent: (100 * agreement.meanDifference) / meanActiveMm3,
    ...(parts.length > 1 && {
      intervalMm3: agreement.interval,
      limitsOfAgreementMm3: agreement.limits,
    }),
    meanDice: mean(dice),
    worstDice: dice.reduce((worst, value) => Math.min(worst, value), 1),
  }
}

/**
 * The table of a pair of models. Only the last comparison of a study counts. Undefined without
 * comparisons.
 */
export function summarizeComparisons(
  comparisons: readonly ShadowComparison[],
): ComparisonTable | undefined {
  const studies = [
    ...new Map(comparisons.map((one) => [`${one.orthancStudyId} ${one.kind}`, one])).values(),
  ]
  const [first] = studies
  if (first === undefined) return undefined
  const failed = Object.entries(
    Object.groupBy(
      studies.flatMap(({ error }) => (error === undefined ? [] : [error])),
      ({ code }) => code,
    ),
  ).map(([code, errors = []]) => ({ code, studies: errors.length }))
  const measured = studies.flatMap((study) => study.parts.map((part) => ({ study, part })))
  const groups = Object.values(
    Object.groupBy(measured, ({ study, part }) => `${study.kind} ${part.side} ${part.part}`),
  )
  const rows = groups.flatMap((group = []) => {
    const [one, ...others] = group.map(({ part }) => part)
    return one === undefined ? [] : [describeRow(group[0]!.study.kind, [one, ...others])]
  })
  const worst = measured
    .filter(({ part }) => part.part === 'whole')
    .toSorted((a, b) => a.part.dice - b.part.dice)
    .slice(0, shownWorst)
    .map(({ study: { jobId, orthancStudyId }, part: { part: _, ...part } }) => ({
      jobId,
      orthancStudyId,
      ...part,
    }))
  const times = studies.map(({ at }) => at).toSorted()
  const done = studies.filter(({ error }) => error === undefined)
  return {
    active: first.active,
    shadow: first.shadow,
    from: times[0]!,
    to: times.at(-1)!,
    studies: studies.length,
    failed,
    rows,
    worst,
    milliseconds: {
      activeMedian: quantile(
        done.map((one) => one.activeMilliseconds),
        0.5,
      ),
      shadowMedian: quantile(
        done.map((one) => one.shadowMilliseconds),
        0.5,
      ),
      shadow95: quantile(
        done.map((one) => one.shadowMilliseconds),
        0.95,
      ),
    },
  }
}
