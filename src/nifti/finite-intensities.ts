import type { HippoError } from '../errors.ts'

/** Finite intensities, and how many were not. */
export interface FiniteIntensities {
  readonly intensities: Float32Array
  /** Number of voxels that were NaN, infinite or too large for 32 bits, replaced by background. */
  readonly replaced: number
}

/**
 * Stored values after their scaling. Values that are not finite 32-bit numbers become background:
 * 0, or the smallest value if there are negative ones. Throws the error made by `unreadable` if no
 * value is finite or all voxels have the same value.
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
