import type { CaseScores } from './score-labels.ts'

/** What one model made of a case. */
export interface ScoredRun {
  /** Undefined where it could not measure the case. */
  readonly scores: CaseScores | undefined
  readonly milliseconds: number
}

/** A case as both models saw it. */
export interface PairedCase {
  readonly case: string
  readonly person: string
  readonly candidate: ScoredRun
  readonly shipped: ScoredRun
  /** Dice between the two models' masks; undefined where one has none. */
  readonly agreement: number | undefined
}
