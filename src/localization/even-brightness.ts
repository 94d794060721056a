import type { Grid, Volume } from '../volume/grid.ts'
import { sampleTrilinear } from '../volume/resample.ts'
import { selectRank } from '../volume/select-rank.ts'
import { shrinkVolume } from './shrink-volume.ts'
import { smoothVolume } from './smooth-volume.ts'

/** Relative to the median of the brighter voxels: less is air, bone or empty. */
const darkestTissue = 0.2
/** Relative to the same: more does not count towards the local mean of the tissue. */
const brightestTissue = 2
/** Beyond this distance brightness depends on the coil rather than the tissue, mm. */
const fieldMm = 25
const fieldSpacingMm = 8
/**
 * This share of the median is added to the mean everywhere, so that it is defined far from tissue.
 */
const leastShare = 0.03
/** Relative to the local mean, white matter reaches 1.5, fat next to a coil 3 and more. */
const brightestBrain = 1.5
const darkestFat = 1.7
/** A sample of every n-th voxel is enough for the median. */
const stride = 7

/**
 * Handling of voxels much brighter than their surroundings. If they are removed, fat next to a coil
 * cannot be mistaken for brain; but under strong shading deep white matter is as bright, and holes
 * in it hide the brain. If they are clipped, both stay, as bright as the brightest brain.
 */
export type FatRemoval = 'out' | 'down'

/** Median of the values above the mean; undefined if there are none. */
function medianOfBright(intensities: Float32Array): number | undefined {
  const few = new Float32Array(Math.ceil(intensities.length / stride))
  let sum = 0
  for (let i = 0; i < few.length; i++) {
    few[i] = intensities[i * stride]!
    sum += few[i]!
  }
  const mean = sum / few.length
  let count = 0
  for (let i = 0; i < few.length; i++) if (few[i]! > mean) few[count++] = few[i]!
  return count === 0 ? undefined : selectRank(few.subarray(0, count), count >> 1)
}

/** The local mean of the tissue at each voxel of a coarser grid. */
function estimateField(volume: Volume, median: number): Volume {
  const small = shrinkVolume(volume, fieldSpacingMm / 2)
  const sum = new Float32Array(small.intensities.length)
  const tissue = new Float32Array(small.intensities.length)
  small.intensities.forEach((value, i) => {
    if (value < darkestTissue * median) return
    sum[i] = Math.min(value, brightestTissue * median)
    tissue[i] = 1
  })
  const grid: Grid = { dimensions: small.dimensions, affine: small.affine }
  const blur = (intensities: Float32Array) =>
    smoothVolume(shrinkVolume({ ...grid, intensities }, fieldSpacingMm), fieldMm)
  const [blurredSum, share] = [blur(sum), blur(tissue)]
  const intensities = blurredSum.intensities.map(
    (value, i) => (value + leastShare * median) / (share.intensities[i]! + leastShare),
  )
  return { dimensions: share.dimensions, affine: share.affine, intensities }
}

/**
 * The head with each voxel's intensity relative to the local mean of the tissue (about 1): this
 * removes the brightening of a surface coil near the skin, so that blurring does not smear a bright
 * scalp into the brain. Fat is removed, or clipped to the brightest brain. Intensities start at 0.
 * Returns undefined for a volume without contrast.
 */
export function evenBrightness(volume: Volume, fat: FatRemoval): Volume | undefined {
  const { dimensions, affine, intensities } = volume
  const median = medianOfBright(intensities)
  if (median === undefined || !(median > 0)) return undefined
  const coarse = estimateField(volume, median)
  const even = sampleTrilinear(coarse.intensities, coarse, volume, 'nearest')
  for (let i = 0; i < intensities.length; i++) {
    const value = intensities[i]! / even[i]!
    const isCut = fat === 'out' && value > darkestFat
    even[i] = isCut ? 0 : value > brightestBrain ? brightestBrain : value
  }
  return { dimensions, affine, intensities: even }
}
