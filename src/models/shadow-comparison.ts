import type { ErrorRecord } from '../errors.ts'

/** A model as a result names it. */
export interface ModelName {
  readonly name: string
  readonly version: string
  readonly sha256: string
}

/** One structure of one side as the two models drew it in the same images. */
export interface PartComparison {
  readonly side: 'left' | 'right' | 'unknown'
  readonly part: 'anterior' | 'posterior' | 'whole'
  readonly activeMm3: number
  readonly shadowMm3: number
  /** Between the two masks, 0 to 1. */
  readonly dice: number
}

/** What a second model, which publishes nothing, made of a study after the first had measured it. */
export interface ShadowComparison {
  /** ISO 8601. */
  readonly at: string
  readonly jobId: string
  readonly orthancStudyId: string
  readonly kind: 'crop' | 'head'
  readonly active: ModelName
  readonly shadow: ModelName
  /** Empty where the second model could not measure it; `error` then says why. */
  readonly parts: readonly PartComparison[]
  readonly error?: ErrorRecord | undefined
  /** Time each took from the images to labels. */
  readonly activeMilliseconds: number
  readonly shadowMilliseconds: number
}
