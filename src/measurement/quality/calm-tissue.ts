import { dropZeros } from '../../volume/drop-zeros.ts'
import type { Vector3, Volume } from '../../volume/grid.ts'
import { selectRank } from '../../volume/select-rank.ts'
import { toVector3 } from '../../volume/vector3.ts'

/** Side of the blocks, voxels. */
const side = 5
/** Threshold between fluid and brain: this share of the contrast above the darkest. */
const tissueShare = 0.45
/** Minimum number of blocks of tissue. */
const fewestBlocks = 12
/** Not a divisor of the usual lengths of rows and slices. */
const stride = 7

/** The brain of a volume, cut into blocks. */
export interface TissueBlocks {
  /** 5th to 95th percentile of what is not 0. */
  readonly contrast: number
  /** The block of each voxel, or -1. */
  readonly blockOf: Int32Array
  /** 1 for a block of nothing but tissue that touches no face of the volume. */
  readonly isTissue: Uint8Array
}

/** A sample of the voxels is enough for the contrast. */
function everySoManyth(intensities: Float32Array): Float32Array {
  const few = new Float32Array(Math.ceil(intensities.length / stride))
  for (let i = 0; i < few.length; i++) few[i] = intensities[i * stride]!
  return few
}

function countTissue(
  { dimensions, intensities }: Volume,
  [x, y, z]: Vector3,
  blockOf: Int32Array,
  threshold: number,
): Uint8Array {
  const tissue = new Uint8Array(x * y * z)
  for (let k = 0; k < z * side; k++) {
    for (let j = 0; j < y * side; j++) {
      const row = x * (Math.floor(j / side) + y * Math.floor(k / side))
      const first = dimensions[0] * (j + dimensions[1] * k)
      for (let i = 0; i < x * side; i++) {
        const block = row + Math.floor(i / side)
        blockOf[first + i] = block
        if (intensities[first + i]! > threshold) tissue[block]!++
      }
    }
  }
  return tissue
}

/**
 * Divides a volume into blocks and finds those entirely within the brain; undefined if there are
 * few.
 */
export function cutTissueBlocks(volume: Volume): TissueBlocks | undefined {
  const { dimensions, intensities } = volume
  const shown = dropZeros(everySoManyth(intensities))
  if (shown.length === 0) return undefined
  const at = (share: number) => selectRank(shown, Math.round(share * (shown.length - 1)))
  const darkest = at(0.05)
  const contrast = at(0.95) - darkest
  const counts = toVector3(dimensions.map((n) => Math.floor(n / side)))
  const blockOf = new Int32Array(intensities.length).fill(-1)
  const tissue = countTissue(volume, counts, blockOf, darkest + tissueShare * contrast)
  const [x, y, z] = counts
  const isTissue = new Uint8Array(tissue.length)
  let found = 0
  for (let k = 1; k + 1 < z; k++) {
    for (let j = 1; j + 1 < y; j++) {
      for (let i = 1; i + 1 < x; i++) {
        const block = i + x * (j + y * k)
        if (tissue[block] !== side ** 3) continue
        isTissue[block] = 1
        found++
      }
    }
  }
  return found < fewestBlocks || !(contrast > 0) ? undefined : { contrast, blockOf, isTissue }
}

/**
 * 1 for each block of the more homogeneous half of the tissue: with smaller sums of squared
 * `details`.
 */
export function pickCalmBlocks(
  details: Float32Array,
  { blockOf, isTissue }: TissueBlocks,
): Uint8Array {
  const energies = new Float32Array(isTissue.length)
  for (let voxel = 0; voxel < details.length; voxel++) {
    const block = blockOf[voxel]!
    if (block >= 0) energies[block]! += details[voxel]! * details[voxel]!
  }
  const ofTissue = energies.filter((_, block) => isTissue[block] === 1)
  const limit = selectRank(ofTissue, ofTissue.length >> 1)
  return isTissue.map((tissue, block) => (tissue === 1 && energies[block]! <= limit ? 1 : 0))
}
