import { weighSigns } from '../../src/measurement/judge-change.ts'
import type { ChangeSigns } from '../../src/measurement/longitudinal-change.ts'
import type { Side } from '../atrophy/known-case.ts'

/** One hippocampus at two visits: the true change and the result of each method, percent. */
export interface ChangeRow {
  readonly head: string
  /** Simulator, `none` for no change, or `real` for two real scans. */
  readonly change: string
  readonly side: Side
  readonly known: number
  /** The difference of separate measurements: the method without the earlier images. */
  readonly alone: number
  readonly signs: ChangeSigns
}

/** The compared methods, by their result for a row. */
export const ways: Readonly<Record<string, (row: ChangeRow) => number>> = {
  'each alone': ({ alone }) => alone,
  'outlines, one box': ({ signs }) => signs.outlined,
  'tissue that moved': ({ signs }) => signs.moved,
  'fluid within': ({ signs }) => signs.fluidWithin,
  'grey matter around': ({ signs }) => signs.greyAround,
  'all signs, weighed': ({ signs }) => weighSigns(signs),
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length

/** Standard deviation about a known mean. */
const spreadAbout = (values: readonly number[], middle: number) =>
  Math.sqrt(mean(values.map((value) => (value - middle) ** 2)))

export interface WayFigures {
  readonly way: string
  /** Slope through the origin of measured against true, for each simulator. */
  readonly slopes: Readonly<Record<string, number>>
  /** Mean and standard deviation without a change. */
  readonly mean: number
  readonly deviation: number
  readonly pairs: number
}

/** Slope of a method's result against the truth, through the origin. */
export function slopeOf(rows: readonly ChangeRow[], see: (row: ChangeRow) => number): number {
  const products = rows.map((row) => row.known * see(row))
  const squares = rows.map(({ known }) => known * known)
  return mean(products) / mean(squares)
}

/** Figures of every method over all rows. */
export function compareWays(rows: readonly ChangeRow[]): WayFigures[] {
  const still = rows.filter(({ known }) => known === 0)
  const kinds = [...new Set(rows.filter(({ known }) => known !== 0).map(({ change }) => change))]
  return Object.entries(ways).map(([way, see]) => {
    const seen = still.map(see)
    const middle = seen.length === 0 ? Number.NaN : mean(seen)
    return {
      way,
      slopes: Object.fromEntries(
        kinds.map((kind) => [
          kind,
          slopeOf(
            rows.filter(({ change }) => change === kind),
            see,
          ),
        ]),
      ),
      mean: middle,
      deviation: seen.length === 0 ? Number.NaN : spreadAbout(seen, middle),
      pairs: seen.length,
    }
  })
}
