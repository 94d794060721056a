import type { ErrorRecord } from '../errors.ts'

/** A model as identified in results. */
export interface ModelName {
  readonly name: string
  readonly version: string
  readonly sha256: string
}

/** One structure of one side in the masks of both models. */
export interface PartComparison {
  readonly side: 'left' | 'right' | 'unknown'
  readonly part: 'anterior' | 'posterior' | 'whole'
  readonly activeMm3: number
  readonly shadowMm3: number
  /** Between the two masks, 0 to 1. */
  readonly dice: number
}

/** The comparison with a second model in shadow mode for one study. */
export interface ShadowComparison {
  /** ISO 8601. */
  readonly at: string
  readonly jobId: string
  readonly orthancStudyId: string
  readonly kind: 'crop' | 'head'
  readonly active: ModelName
  readonly shadow: ModelName
  /** Empty if the second model could not measure it; `error` gives the reason. */
  readonly parts: readonly PartComparison[]
  readonly error?: ErrorRecord | undefined
  /** Time of each from images to labels. */
  readonly activeMilliseconds: number
  readonly shadowMilliseconds: number
}
