import type { Vector3, Volume } from '../../volume/grid.ts'
import { spacingOf } from '../../volume/patient-affine.ts'
import { cutTissueBlocks, pickCalmBlocks } from './calm-tissue.ts'
import { smoothInside } from './smooth-inside.ts'

/**
 * Distances at which details of normal tissue are slightly correlated and ripples anticorrelated,
 * mm.
 */
const [nearestMm, farthestMm] = [5, 8] as const

const axes = [0, 1, 2] as const

/** The high-frequency part of a volume. */
function detailsOf({ dimensions, intensities }: Volume): Float32Array {
  const details = smoothInside(intensities, dimensions)
  for (let voxel = 0; voxel < details.length; voxel++) {
    details[voxel] = intensities[voxel]! - details[voxel]!
  }
  return details
}

/** Measures of ripples in the homogeneous half of the brain's tissue. */
export interface Ripple {
  /**
   * Correlation of the details with those 5 to 8 mm further along the axis where it is least,
   * relative to that with the next voxel: positive in normal tissue, lower with ripples.
   */
  readonly likeness: number
  /**
   * Standard deviation of the details that are correlated between voxels, as a share of the
   * contrast.
   */
  readonly strength: number
}

/**
 * Strength of ripples in homogeneous tissue along one axis of the grid, as caused by motion between
 * the lines of an acquisition. Uncorrelated noise hardly changes either figure, because neither
 * compares a voxel with itself. Undefined with too little tissue or too much noise.
 */
export function estimateRipple(volume: Volume): Ripple | undefined {
  const blocks = cutTissueBlocks(volume)
  if (blocks === undefined) return undefined
  const { dimensions, affine } = volume
  const { blockOf, contrast } = blocks
  const details = detailsOf(volume)
  const isCalm = pickCalmBlocks(details, blocks)
  const calm = new Uint32Array(details.length)
  let count = 0
  for (let voxel = 0; voxel < details.length; voxel++) {
    if (blockOf[voxel]! >= 0 && isCalm[blockOf[voxel]!] === 1) calm[count++] = voxel
  }
  const likenessAt = (step: number) => {
    let sum = 0
    let pairs = 0
    for (let i = 0; i < count; i++) {
      const voxel = calm[i]!
      const block = blockOf[voxel + step] ?? -1
      if (block < 0 || isCalm[block] !== 1) continue
      sum += details[voxel]! * details[voxel + step]!
      pairs++
    }
    return pairs === 0 ? 0 : sum / pairs
  }
  const strides: Vector3 = [1, dimensions[0], dimensions[0] * dimensions[1]]
  const spacing = spacingOf(affine)
  const next = axes.map((axis) => likenessAt(strides[axis]))
  const mean = (next[0]! + next[1]! + next[2]!) / 3
  if (!(Math.min(...next) > 0)) return undefined
  const far = axes.map((axis) => {
    const first = Math.ceil(nearestMm / spacing[axis])
    const last = Math.max(first, Math.floor(farthestMm / spacing[axis]))
    let sum = 0
    for (let lag = first; lag <= last; lag++) sum += likenessAt(lag * strides[axis])
    return sum / (last - first + 1) / next[axis]!
  })
  return { likeness: Math.min(...far), strength: Math.sqrt(mean) / contrast }
}
