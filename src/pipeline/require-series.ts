import { HippoError } from '../errors.ts'
import type { SeriesChoice, SeriesKind } from '../selection/series-choice.ts'
import type { SeriesFacts } from '../selection/series-facts.ts'

/** The series to measure. */
export interface RequiredSeries {
  readonly facts: SeriesFacts
  /** A crop around one hippocampus, or a whole head. */
  readonly kind: SeriesKind
}

/** The selected series. Throws the reason if there is none. */
export function requireSeries({ chosen, kind, refusal }: SeriesChoice): RequiredSeries {
  if (chosen !== undefined && kind !== undefined) return { facts: chosen, kind }
  throw new HippoError(
    refusal?.code ?? 'NO_MEASURABLE_SERIES',
    refusal?.message ?? 'The study has no series that can be measured.',
  )
}
