import { HippoError } from '../errors.ts'
import type { Volume } from '../volume/grid.ts'
import { spacingOf } from '../volume/patient-affine.ts'
import { evenBrightness, type FatRemoval } from './even-brightness.ts'
import { findIntensityRange } from './intensity-range.ts'
import { shrinkVolume } from './shrink-volume.ts'
import { silenceBackground } from './silence-background.ts'
import { smoothVolume } from './smooth-volume.ts'

/** The levels of a head for registration, from sharp to blurred. */
export interface HeadLevels {
  /** With its shading and all tissue, on a coarser grid. */
  readonly raw: Volume
  /** Normalised, with its fat removed or clipped, on the same grid. */
  readonly even: Volume
  /** Blur that these two lack compared with the sharp level, mm. */
  readonly lackingMm: number
  readonly middle: Volume
  readonly blurred: Volume
}

/** Spacing of the sharpest level, mm: finer is useless after blurring. */
const sharpSpacingMm = 2.8
/** Spacing of the others relative to their smoothing. */
const spacingPerSmoothing = 0.9

// Not `**`, which differs in its last bit before and after the engine has optimised it.
const square = (value: number) => value * value

/**
 * Blur caused by averaging blocks of one volume into voxels of another, as a Gaussian's variance,
 * mm2.
 */
function blurOfBlocks(from: Volume, to: Volume): number {
  const before = spacingOf(from.affine)
  return Math.min(
    ...spacingOf(to.affine).map((mm, axis) => (square(mm) - square(before[axis]!)) / 12),
  )
}

/**
 * Downsamples and blurs to the given smoothing, mm, a volume that already has a blur of the given
 * variance, mm2.
 */
function blurTo(volume: Volume, sigmaMm: number, variance: number): Volume {
  const small = shrinkVolume(volume, sigmaMm * spacingPerSmoothing)
  const done = variance + blurOfBlocks(volume, small)
  return smoothVolume(small, Math.sqrt(Math.max(0, square(sigmaMm) - done)))
}

/** A head on the grid of the sharp level, with the blur of that, as a variance, mm2. */
export interface PreparedHead {
  readonly small: Volume
  readonly variance: number
}

/**
 * The volume with a noisy background darkened and intensities clipped to their robust range, on the
 * grid of the sharp level. Throws PIXEL_DATA_INVALID without valid intensities.
 */
export function prepareHead(volume: Volume): PreparedHead {
  const range = findIntensityRange(volume.intensities)
  if (range === undefined) {
    throw new HippoError('PIXEL_DATA_INVALID', 'The volume contains no valid intensities.', {
      stage: 'localize',
    })
  }
  const small = shrinkVolume(silenceBackground(volume, range), sharpSpacingMm, range)
  return { small, variance: blurOfBlocks(volume, small) }
}

/**
 * A head with normalised brightness, blurred by each of the template's smoothings (mm, ascending)
 * on increasingly coarse grids. Returns undefined for a head without contrast.
 */
export function makeLevels(
  { small, variance }: PreparedHead,
  [sharpMm, middleMm, blurredMm]: readonly [number, number, number],
  fat: FatRemoval,
): HeadLevels | undefined {
  const even = evenBrightness(small, fat)
  if (even === undefined) return undefined
  const middle = blurTo(even, middleMm, variance)
  const blurred = blurTo(middle, blurredMm, square(middleMm))
  const lackingMm = Math.sqrt(Math.max(0, square(sharpMm) - variance))
  return { raw: small, even, lackingMm, middle, blurred }
}
