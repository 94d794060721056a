import type { CaseScores } from './score-labels.ts'

/** The result of one model for a case. */
export interface ScoredRun {
  /** Undefined if it could not measure the case. */
  readonly scores: CaseScores | undefined
  readonly milliseconds: number
}

/** A case measured by both models. */
export interface PairedCase {
  readonly case: string
  readonly person: string
  readonly candidate: ScoredRun
  readonly shipped: ScoredRun
  /** Dice between the two models' masks; undefined if one has none. */
  readonly agreement: number | undefined
}
