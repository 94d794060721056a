import { smoothVolume } from '../localization/smooth-volume.ts'
import type { Volume } from '../volume/grid.ts'
import { blocksFromMask } from './blocks-from-mask.ts'

/** How bright fluid, the hippocampus and white matter are around it. */
export interface TissueLevels {
  readonly fluid: number
  readonly grey: number
  readonly white: number
}

/** Tissue is looked for this near to the outline, voxels of 1 mm. */
const nearSteps = 10
const darkestShare = 0.01
const brightShare = 0.9
/** Before the darkest places are looked for, single dark voxels are blurred away, mm. */
const blurMm = 0.7

const medianOf = (values: Float32Array) => values[values.length >> 1]!

/**
 * Reads the levels from a box of 1 mm voxels and the share (0 to 1) of each voxel that is hippocampus.
 * Voxels of 0 were cut away by somebody. Undefined where there is no hippocampus or no contrast.
 */
export function readTissueLevels(box: Volume, outline: Float32Array): TissueLevels | undefined {
  const { dimensions, intensities } = box
  const outside = blocksFromMask((at) => outline[at]! <= 0.5, dimensions, 3)
  const near = blocksFromMask((at) => outline[at]! > 0.5, dimensions, nearSteps + 1)
  const core = intensities.filter((value, at) => value > 0 && outside[at]! > 1).sort()
  const blurred = smoothVolume(box, blurMm).intensities
  const around = blurred.filter((_, at) => near[at]! <= nearSteps && intensities[at]! > 0).sort()
  if (core.length < 100 || around.length < 1000) return undefined
  const darkest = around.subarray(0, Math.round(darkestShare * around.length))
  const levels = {
    fluid: medianOf(darkest),
    grey: medianOf(core),
    white: around[Math.floor(brightShare * (around.length - 1))]!,
  }
  const { fluid, grey, white } = levels
  return fluid < grey && grey < white ? levels : undefined
}
