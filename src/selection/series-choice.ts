import type { ErrorCode } from '../errors.ts'
import type { SeriesFacts } from './series-facts.ts'

/** Why a series was chosen or not, as a code for machines; the sentence beside it is for people. */
export type VerdictReason =
  | 'CHOSEN'
  | 'OWN_RESULT'
  | 'NOT_MR'
  | 'NOT_IMAGE'
  | 'LOCALIZER'
  | 'DERIVED'
  | 'THICK_SLICES'
  | 'TOO_FEW_IMAGES'
  | 'NAME_NOT_AGREED'
  | 'AMBIGUOUS'

export interface SeriesVerdict {
  readonly seriesInstanceUid: string
  readonly seriesNumber: number | undefined
  readonly seriesDescription: string | undefined
  readonly modality: string | undefined
  readonly instanceCount: number
  readonly chosen: boolean
  readonly reason: VerdictReason
  /** One sentence a radiographer understands. */
  readonly sentence: string
}

/** The outcome of the choice: one verdict per series, and either a series or the reason for none. */
export interface SeriesChoice {
  readonly verdicts: readonly SeriesVerdict[]
  readonly chosen: SeriesFacts | undefined
  readonly refusal: { readonly code: ErrorCode; readonly message: string } | undefined
}

/** A site's settings of the choice. */
export interface SelectionRules {
  /** The agreed SeriesDescription (compared without case and surrounding blanks). */
  readonly seriesDescription: string
  /** Millimetres; a series with thicker slices or wider spacing is called thick. */
  readonly maximumSliceSpacing: number
  readonly minimumInstances: number
}
