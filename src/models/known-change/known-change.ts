/** A patch after a change that is known. */
export interface KnownChange {
  /** On the patch's grid. */
  readonly intensities: Float32Array
  /** Share (0 to 1) of each voxel that is hippocampus now. */
  readonly occupancy: Float32Array
  /** True volume after the change over that before. */
  readonly ratio: number
}

/** Where along its long axis a hippocampus loses. */
export type LossPlace = 'even' | 'anterior' | 'posterior'

export interface LossOptions {
  /** True volume to be left, as a share (0 to 1) of what is there. */
  readonly left: number
  readonly place?: LossPlace
}

/** Borders that moved apart by this much, millimetres, have nothing of each other any more. */
export const apartMm = 0.5

/**
 * How much of the loss falls on a place of the long axis, 0 (posterior end) to 1 (anterior end). Its mean
 * is 1: at the one end three times as much as at the other, or the same all along.
 */
export function weighLoss(place: LossPlace, along: number): number {
  if (place === 'even') return 1
  const t = Math.min(1, Math.max(0, along))
  return place === 'anterior' ? 0.5 + t : 1.5 - t
}
