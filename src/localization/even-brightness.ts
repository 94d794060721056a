import type { Grid, Volume } from '../volume/grid.ts'
import { sampleTrilinear } from '../volume/resample.ts'
import { selectRank } from '../volume/select-rank.ts'
import { shrinkVolume } from './shrink-volume.ts'
import { smoothVolume } from './smooth-volume.ts'

/** Of the median of the brighter voxels: less is air, bone, or nothing around a stripped brain. */
const darkestTissue = 0.2
/** Of the same: more does not count towards the mean tissue around a place. */
const brightestTissue = 2
/** Over this distance brightness is the coil's rather than the tissue's, mm. */
const fieldMm = 25
const fieldSpacingMm = 8
/** This much of the median is in the mean everywhere, so that there is one far from all tissue. */
const leastShare = 0.03
/** Next to the mean tissue around it, white matter reaches 1.5, fat next to a coil 3 and more. */
const brightestBrain = 1.5
const darkestFat = 1.7
/** Every so manyth voxel tells the median well enough. */
const stride = 7

/**
 * What becomes of what is much brighter than its surroundings. Cut out, fat next to a coil cannot be taken for
 * brain; but under strong shading deep white matter is as bright, and holes in it hide the brain. Cut down,
 * both stay, as bright as the brightest brain.
 */
export type FatRemoval = 'out' | 'down'

/** Median of what is above the mean; undefined where nothing is. */
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

/** The mean tissue around each voxel of a coarser grid over the same place. */
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
 * The head with each voxel's intensity next to the mean tissue around it (about 1): what a surface coil
 * makes brighter near the skin is taken back, so that blurring does not smear a bright scalp into the
 * brain. Fat is cut out, or cut down to the brightest brain. Intensities are counted from 0. Returns
 * undefined for a volume without contrast.
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
