import type { Side } from './hippocampus-volumes.ts'

/** Verdict of one quality gate; the worst of all findings applies to the measurement. */
export type QualityVerdict = 'measured' | 'warning' | 'rejected'

/** Finding of one quality gate: kept on the job, shown in the API and on the page. */
export interface QualityFinding {
  /** Code of the gate, such as RESOLUTION or MASK_TOUCHES_BOX. */
  readonly check: string
  readonly verdict: QualityVerdict
  /** The side it is about; absent where it is about the whole image. */
  readonly side?: Side | undefined
  /** A sentence for radiographers: the finding and its consequence. */
  readonly sentence: string
  /** The measured value and its limit, if the gate has numbers. */
  readonly value?: number | undefined
  readonly limit?: number | undefined
}
