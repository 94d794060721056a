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

/** Spacing of the sharpest level, mm: finer adds nothing but work once it is blurred. */
const sharpSpacingMm = 2.8
/** Of the others, next to their smoothing. */
const spacingPerSmoothing = 0.9

// Not `**`, which differs in its last bit before and after the engine has optimised it.
const square = (value: number) => value * value

/** What averaging blocks of one volume into voxels of another blurs, as a Gaussian's variance, mm2. */
function blurOfBlocks(from: Volume, to: Volume): number {
  const before = spacingOf(from.affine)
  return Math.min(
    ...spacingOf(to.affine).map((mm, axis) => (square(mm) - square(before[axis]!)) / 12),
  )
}

/** Shrinks and blurs to the given smoothing, mm, what is blurred already by a variance in mm2. */
function blurTo(volume: Volume, sigmaMm: number, variance: number): Volume {
  const small = shrinkVolume(volume, sigmaMm * spacingPerSmoothing)
  const done = variance + blurOfBlocks(volume, small)
  return smoothVolume(small, Math.sqrt(Math.max(0, square(sigmaMm) - done)))
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
  const small = shrinkVolume(volume, sharpSpacingMm)
  const even = evenBrightness(small)
  if (even === undefined) return undefined
  const done = blurOfBlocks(volume, small)
  const sharp = blurTo(even.withoutFat, sharpMm, done)
  const middle = blurTo(sharp, middleMm, square(sharpMm))
  const blurred = blurTo(middle, blurredMm, square(middleMm))
  return { skull: blurTo(even.capped, sharpMm, done), sharp, middle, blurred }
}
