import type { Side } from './hippocampus-volumes.ts'

/** What one quality gate says of a measurement; the worst of all findings is the measurement's. */
export type QualityVerdict = 'measured' | 'warning' | 'rejected'

/** One quality gate's answer: kept on the job, shown in the API and on the page. */
export interface QualityFinding {
  /** Names the gate for machines, such as RESOLUTION or MASK_TOUCHES_BOX. */
  readonly check: string
  readonly verdict: QualityVerdict
  /** The side it is about; absent where it is about the whole image. */
  readonly side?: Side | undefined
  /** A sentence that a radiographer understands; says what was found and what follows. */
  readonly sentence: string
  /** What was measured and the limit it is held against, where the gate has numbers. */
  readonly value?: number | undefined
  readonly limit?: number | undefined
}
