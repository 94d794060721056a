import { rulesInForce } from './judge-series.ts'
import { meetsCondition } from './meets-condition.ts'
import type { SelectionRules } from './series-choice.ts'
import type { SeriesFacts } from './series-facts.ts'
import type { Preference, SeriesRules } from './series-rules.ts'
import { readValues, type SeriesValues } from './series-values.ts'

/** A whole head with its points, in total and by preference. */
export interface RankedHead {
  readonly facts: SeriesFacts
  /** Doubt by its rules (series-rules.ts); less doubt takes precedence over all points. */
  readonly doubt: number
  /** Rounded to whole points: smaller differences do not count. */
  readonly score: number
  readonly points: ReadonlyMap<Preference, number>
}

function award(preference: Preference, values: SeriesValues, rules: SeriesRules): number {
  if ('when' in preference) {
    return meetsCondition(preference.when, values, rules) ? preference.points : 0
  }
  const { attribute, best, worst, points } = preference
  const value = values[attribute]
  if (typeof value !== 'number' || best === worst) return 0
  return points * Math.min(1, Math.max(0, (value - worst) / (best - worst)))
}

/** The later one: a head is usually rescanned because the first scan was bad. */
function compareLateness(a: SeriesFacts, b: SeriesFacts): number {
  const byNumber = (b.seriesNumber ?? -1) - (a.seriesNumber ?? -1)
  const [x, y] = [a.seriesTime ?? '', b.seriesTime ?? '']
  const byTime = x < y ? 1 : x > y ? -1 : 0
  return byNumber || byTime || (a.seriesInstanceUid < b.seriesInstanceUid ? 1 : -1)
}

/** Sorts whole heads, the best first: by doubts, points, then the later one. Independent of their order. */
export function rankHeads(
  heads: readonly { readonly facts: SeriesFacts; readonly doubt: number }[],
  rules: SelectionRules,
): readonly RankedHead[] {
  const inForce = rulesInForce(rules)
  return heads
    .map(({ facts, doubt }) => {
      const values = readValues(facts)
      const points = new Map(inForce.preferences.map((one) => [one, award(one, values, inForce)]))
      const score = Math.round([...points.values()].reduce((sum, one) => sum + one, 0))
      return { facts, doubt, score, points }
    })
    .sort((a, b) => a.doubt - b.doubt || b.score - a.score || compareLateness(a.facts, b.facts))
}

/** Why `winner` is better than `other`, the main reason first; empty if they are equal. */
export function listAdvantages(winner: RankedHead, other: RankedHead): readonly string[] {
  if (winner.score === other.score) return []
  const lead = (one: Preference) => (winner.points.get(one) ?? 0) - (other.points.get(one) ?? 0)
  return [...winner.points.keys()]
    .filter((one) => lead(one) >= 0.5)
    .sort((a, b) => lead(b) - lead(a))
    .map(({ because }) => because)
}
