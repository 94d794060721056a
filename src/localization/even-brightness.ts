import type { Volume } from '../volume/grid.ts'
import { sampleTrilinear } from '../volume/resample.ts'
import { shrinkVolume } from './shrink-volume.ts'
import { smoothVolume } from './smooth-volume.ts'

/** The same head twice: its fat cut down to the brightest brain, and its fat cut out. */
export interface EvenHead {
  readonly capped: Volume
  readonly withoutFat: Volume
}

/** Of the median of the brighter voxels, a head's tissue: less is air, or nothing around a stripped brain. */
const darkest = 0.1
/** Of the same: more does not count towards the mean tissue around a place. */
const brightest = 2
/** Over this distance brightness is the coil's rather than the tissue's, mm. */
const fieldMm = 25
const fieldSpacingMm = 8
/** Next to the mean tissue around it, white matter reaches 1.5, fat next to a coil 3 and more. */
const brightestBrain = 1.5
const darkestFat = 1.8
/** Every so manyth voxel tells the median well enough. */
const stride = 7

/** Median of what is above the mean; undefined where nothing is. Intensities are 0 and more. */
function medianOfBright(intensities: Float32Array): number | undefined {
  const mean = intensities.reduce((sum, value) => sum + value, 0) / intensities.length
  const few = intensities.filter((value, i) => i % stride === 0 && value > mean).sort()
  return few[few.length >> 1]
}

/**
 * The head with each voxel's intensity next to the mean tissue around it (about 1), air 0: what a
 * surface coil makes brighter near the skin is taken back, so that blurring does not smear a bright
 * scalp into the brain. Answers undefined for a volume without contrast.
 */
export function evenBrightness(volume: Volume): EvenHead | undefined {
  const { dimensions, affine } = volume
  const least = volume.intensities.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const intensities = volume.intensities.map((value) => value - least)
  const median = medianOfBright(intensities)
  if (median === undefined || !(median > 0)) return undefined

  const blur = (values: Float32Array) => {
    const small = shrinkVolume({ dimensions, affine, intensities: values }, fieldSpacingMm)
    return smoothVolume(small, fieldMm)
  }
  const isTissue = (value: number) => value >= darkest * median
  const tissue = blur(intensities.map((value) => (isTissue(value) ? 1 : 0)))
  const sum = blur(
    intensities.map((value) => (isTissue(value) ? Math.min(value, brightest * median) : 0)),
  )
  const field = sum.intensities.map((value, i) => value / Math.max(tissue.intensities[i]!, 1e-3))
  const fine = sampleTrilinear(field, sum, volume, 'nearest')
  const even = intensities.map((value, i) => (isTissue(value) ? value / fine[i]! : 0))
  const onGrid = (values: Float32Array) => ({ dimensions, affine, intensities: values })
  return {
    capped: onGrid(even.map((value) => Math.min(value, brightestBrain))),
    withoutFat: onGrid(
      even.map((value) => (value > darkestFat ? 0 : Math.min(value, brightestBrain))),
    ),
  }
}
