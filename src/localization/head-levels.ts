import type { Volume } from '../volume/grid.ts'
import { spacingOf } from '../volume/patient-affine.ts'
import { evenBrightness } from './even-brightness.ts'
import { shrinkVolume } from './shrink-volume.ts'
import { smoothVolume } from './smooth-volume.ts'

/** A head as the registration looks at it, from sharp to blurred. */
export interface HeadLevels {
  /** With the scalp still in it: it tells where the skull is. */
  readonly skull: Volume
  readonly sharp: Volume
  readonly middle: Volume
  readonly blurred: Volume
}

/** Spacing of a level next to its smoothing: finer adds nothing but work. */
const spacingPerSmoothing = 0.9

/** Shrinks and smooths so that the result is blurred by `sigma` where the given volume is by `done`, mm. */
function blurTo(volume: Volume, sigma: number, done: number): Volume {
  const small = shrinkVolume(volume, sigma * spacingPerSmoothing)
  const before = spacingOf(volume.affine)
  // A mean over a block blurs like a Gaussian of the same variance.
  const block = Math.min(
    ...spacingOf(small.affine).map((mm, axis) => (mm ** 2 - before[axis]! ** 2) / 12),
  )
  return smoothVolume(small, Math.sqrt(Math.max(0, sigma ** 2 - done ** 2 - block)))
}

/**
 * The volume evened in brightness and blurred by each of the template's smoothings (mm, rising), on
 * ever coarser grids. Answers undefined for a volume without contrast; throws PIXEL_DATA_INVALID where
 * an intensity is not a number.
 */
export function makeLevels(
  volume: Volume,
  [sharpMm, middleMm, blurredMm]: readonly [number, number, number],
): HeadLevels | undefined {
  const even = evenBrightness(shrinkVolume(volume, sharpMm * spacingPerSmoothing))
  if (even === undefined) return undefined
  const sharp = blurTo(even.withoutFat, sharpMm, 0)
  const middle = blurTo(sharp, middleMm, sharpMm)
  const blurred = blurTo(middle, blurredMm, middleMm)
  return { skull: blurTo(even.capped, sharpMm, 0), sharp, middle, blurred }
}
