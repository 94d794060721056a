import { type CaseScores, type Structure, structures } from '../../src/models/score-labels.ts'
import { seededRandom } from '../seeded-random.ts'

export interface ScoredCase extends CaseScores {
  readonly case: string
}

/** A mean with its 95 % interval. */
export interface Figure {
  readonly mean: number
  readonly interval: readonly [number, number]
}

export interface StructureSummary {
  readonly dice: Figure
  readonly worstDice: number
  /** Absolute and signed volume error, per cent. */
  readonly volumeErrorPercent: Figure
  readonly volumeBiasPercent: Figure
}
export type Summary = Readonly<Record<Structure, StructureSummary>>

const rounds = 2000
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length

/**
 * Mean and percentile-bootstrap interval. Values with the same key are resampled together: two
 * crops of one person are not independent.
 */
export function bootstrapMean(values: readonly number[], keys: readonly string[]): Figure {
  const groups = Object.values(
    Object.groupBy(
      values.map((value, i) => ({ value, key: keys[i]! })),
      ({ key }) => key,
    ),
  ).map((group) => group!.map(({ value }) => value))
  const random = seededRandom(1)
  const drawn = Array.from({ length: rounds }, () =>
    mean(groups.flatMap(() => groups[Math.floor(random() * groups.length)]!)),
  ).sort((a, b) => a - b)
  const at = (share: number) => drawn[Math.round(share * (rounds - 1))]!
  return { mean: mean(values), interval: [at(0.025), at(0.975)] }
}

/** Figures over all cases; `personOf` gives the unit of the bootstrap. */
export function summarizeScores(
  cases: readonly ScoredCase[],
  personOf: (name: string) => string,
): Summary {
  const summarize = (structure: Structure): StructureSummary => {
    const rows = cases.map((row) => ({ ...row[structure], person: personOf(row.case) }))
    const measured = rows.flatMap(({ volumeErrorPercent, person }) =>
      volumeErrorPercent === null ? [] : [{ error: volumeErrorPercent, person }],
    )
    const persons = measured.map(({ person }) => person)
    return {
      dice: bootstrapMean(
        rows.map(({ dice }) => dice),
        rows.map(({ person }) => person),
      ),
      worstDice: Math.min(...rows.map(({ dice }) => dice)),
      volumeErrorPercent: bootstrapMean(
        measured.map(({ error }) => Math.abs(error)),
        persons,
      ),
      volumeBiasPercent: bootstrapMean(
        measured.map(({ error }) => error),
        persons,
      ),
    }
  }
  const entries = structures.map((structure) => [structure, summarize(structure)] as const)
  return Object.fromEntries(entries) as unknown as Summary
}

/** The cases with the lowest Dice of the whole hippocampus, lowest first. */
export function worstCases(cases: readonly ScoredCase[], count: number): readonly ScoredCase[] {
  return cases.toSorted((a, b) => a.whole.dice - b.whole.dice).slice(0, count)
}
