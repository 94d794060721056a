import type { HippocampusPatch } from './patch.ts'
import { smoothValues } from './smooth-values.ts'

/** The image of a patch separated into the two sides of the label's border. */
export interface SeparateTissues {
  /** The hippocampus, continued outwards. */
  readonly inside: Float32Array
  /** What is around it, continued inwards. */
  readonly outside: Float32Array
}

/** Voxels with this share of one tissue count as pure. */
const pureShare = 0.9
/** Averaging radius where a tissue is extrapolated, millimetres. */
const reachesMm = [1, 3]

/** Pure values, elsewhere the mean of pure values nearby. */
function continueTissue(patch: HippocampusPatch, isPure: (at: number) => boolean): Float32Array {
  const { grid, intensities } = patch
  const weight = intensities.map((_, at) => (isPure(at) ? 1 : 0))
  const weighted = intensities.map((value, at) => value * weight[at]!)
  const continued = intensities.map((value, at) => (weight[at] === 1 ? value : Number.NaN))
  for (const mm of reachesMm) {
    const sums = smoothValues(weighted, grid, mm)
    const weights = smoothValues(weight, grid, mm)
    for (let at = 0; at < continued.length; at++) {
      if (Number.isNaN(continued[at]) && weights[at]! > 0.01) {
        continued[at] = sums[at]! / weights[at]!
      }
    }
  }
  return continued.map((value, at) => (Number.isNaN(value) ? intensities[at]! : value))
}

/**
 * Separates hippocampus and surroundings: a voxel on the border contains both, and after moving to
 * a new border it would be mixed twice, so that the hippocampus would look smaller than it is.
 */
export function separateTissues(patch: HippocampusPatch, occupancy: Float32Array): SeparateTissues {
  return {
    inside: continueTissue(patch, (at) => occupancy[at]! > pureShare),
    outside: continueTissue(patch, (at) => occupancy[at]! < 1 - pureShare),
  }
}
