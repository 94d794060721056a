import type { ErrorCode } from '../errors.ts'
import type { SeriesFacts } from './series-facts.ts'
import type { SeriesRules } from './series-rules.ts'
import type { VerdictReason } from './verdict-reason.ts'

export interface SeriesVerdict {
  readonly seriesInstanceUid: string
  readonly seriesNumber: number | undefined
  readonly seriesDescription: string | undefined
  readonly modality: string | undefined
  readonly instanceCount: number
  readonly chosen: boolean
  readonly reason: VerdictReason
  /** One sentence for radiographers. */
  readonly sentence: string
}

/** What a chosen series shows: one hippocampus cut out under the agreed name, or a whole head. */
export type SeriesKind = 'crop' | 'head'

/** A series that may be measured, and warnings to show with its measurement. */
export interface Candidate {
  readonly facts: SeriesFacts
  readonly kind: SeriesKind
  readonly warnings: readonly SeriesWarning[]
}

/** An objection that does not reject a series. */
export interface SeriesWarning {
  /** The rule it comes from. */
  readonly rule: string
  readonly reason: VerdictReason
  readonly sentence: string
}

/** The outcome of the choice: one verdict per series, and either a series or the reason for none. */
export interface SeriesChoice {
  readonly verdicts: readonly SeriesVerdict[]
  /** The selected one, then those to try, in this order, if it cannot be measured. */
  readonly candidates: readonly Candidate[]
  readonly chosen: SeriesFacts | undefined
  /** Undefined exactly when nothing was chosen. */
  readonly kind: SeriesKind | undefined
  readonly refusal: { readonly code: ErrorCode; readonly message: string } | undefined
}

/** A site's settings of the choice. */
export interface SelectionRules {
  /** The agreed SeriesDescription (compared without case and surrounding blanks). */
  readonly seriesDescription: string
  /** Millimetres; a series with thicker slices or wider spacing is called thick. */
  readonly maximumSliceSpacing: number
  readonly minimumInstances: number
  /** What to measure if a study has both: the crop by default. */
  readonly preferred?: SeriesKind | undefined
  /** Whether a head after contrast agent is measured, with a warning, if there is no other. */
  readonly contrastEnhanced?: 'refuse' | 'measure' | undefined
  /** How series are judged and compared; the shipped rules by default. */
  readonly series?: SeriesRules | undefined
}
