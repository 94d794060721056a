import type { HippoError } from '../errors.ts'

/** Intensities that are all numbers, and how many were none. */
export interface FiniteIntensities {
  readonly intensities: Float32Array
  /** Voxels that were NaN, infinite or too large for a number of 32 bits: background now. */
  readonly replaced: number
}

/**
 * Stored values after their scaling. What is not a finite number of 32 bits becomes background: 0, or the
 * smallest value where there are negative ones. Throws what `unreadable` makes of the reason when
 * nothing is left, or all voxels have the same value.
 */
export function readFiniteIntensities(
  stored: ArrayLike<number> | ArrayLike<bigint>,
  slope: number,
  intercept: number,
  unreadable: (why: string) => HippoError,
): FiniteIntensities {
  const intensities = new Float32Array(stored.length)
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  let replaced = 0
  for (let i = 0; i < stored.length; i++) {
    intensities[i] = Number(stored[i]!) * slope + intercept
    const value = intensities[i]!
    if (!Number.isFinite(value)) {
      replaced++
      continue
    }
    if (value < least) least = value
    if (value > greatest) greatest = value
  }
  if (replaced === stored.length) throw unreadable('none of its values is a finite number')
  if (least === greatest) throw unreadable('it is blank: all voxels have the same value')
  if (replaced > 0) {
    const background = Math.min(0, least)
    for (let i = 0; i < intensities.length; i++) {
      if (!Number.isFinite(intensities[i]!)) intensities[i] = background
    }
  }
  return { intensities, replaced }
}
