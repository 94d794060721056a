/** A patch after a change that is known. */
export interface KnownChange {
  /** On the patch's grid. */
  readonly intensities: Float32Array
  /** Share (0 to 1) of each voxel that is hippocampus now. */
  readonly occupancy: Float32Array
  /** True volume after the change over that before. */
  readonly ratio: number
}

/** Distribution of the loss along the long axis of a hippocampus. */
export type LossPlace = 'even' | 'anterior' | 'posterior'

export interface LossOptions {
  /** True remaining volume, as a share (0 to 1). */
  readonly left: number
  readonly place?: LossPlace
}

/** Borders further apart than this, millimetres, no longer share partial volume. */
export const apartMm = 0.5

/**
 * Relative loss at a position of the long axis, 0 (posterior end) to 1 (anterior end). Its mean is
 * 1: three times as much at one end as at the other, or uniform.
 */
export function weighLoss(place: LossPlace, along: number): number {
  if (place === 'even') return 1
  const t = Math.min(1, Math.max(0, along))
  return place === 'anterior' ? 0.5 + t : 1.5 - t
}
