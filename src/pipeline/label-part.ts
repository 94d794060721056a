import { keepLargestBody } from '../inference/keep-largest-body.ts'
import type { Grid } from '../volume/grid.ts'
import type { GridPart } from '../volume/part-of-grid.ts'
import { voxelVolumeOf } from '../volume/patient-affine.ts'
import { sampleTrilinear } from '../volume/resample.ts'

/** Less than this is no hippocampus, however much of it is missing. */
const leastLikely = 0.1

/** Probabilities of a box brought to the head's own voxels in it; outside the box all is background. */
export function bringToPart(
  probabilities: readonly Float32Array[],
  box: Grid,
  part: GridPart,
): Float32Array[] {
  return probabilities.map((values, label) =>
    sampleTrilinear(values, box, part.grid, label === 0 ? 1 : 0),
  )
}

/** Probabilities in which what was cleared of a mask (labelled at first, not any more) is background. */
export function clearProbabilities(
  probabilities: readonly Float32Array[],
  cleared: (voxel: number) => boolean,
): Float32Array[] {
  return probabilities.map((values, label) =>
    values.map((value, voxel) => (cleared(voxel) ? (label === 0 ? 1 : 0) : value)),
  )
}

/** The likeliest label of a voxel but for the background. */
function likeliestOf(probabilities: readonly Float32Array[], voxel: number): number {
  let best = 1
  for (let label = 2; label < probabilities.length; label++) {
    if (probabilities[label]![voxel]! > probabilities[best]![voxel]!) best = label
  }
  return best
}

/**
 * Labels the likeliest voxels of a part until they have the given volume (mm3), in one piece.
 * Interpolated probabilities have flatter edges, so that a limit of one half would shave a convex body:
 * by 2 to 3 % on grids that are not the model's own (docs/adr/0009-boxes-of-whole-heads.md).
 */
export function labelPart(
  probabilities: readonly Float32Array[],
  part: GridPart,
  volumeMm3: number,
): Uint8Array {
  const background = probabilities[0]!
  const wanted = Math.round(volumeMm3 / voxelVolumeOf(part.grid.affine))
  const likely: number[] = []
  background.forEach((value, voxel) => {
    if (1 - value >= leastLikely) likely.push(voxel)
  })
  likely.sort((a, b) => background[a]! - background[b]! || a - b)
  const labels = new Uint8Array(background.length)
  for (const voxel of likely.slice(0, wanted)) labels[voxel] = likeliestOf(probabilities, voxel)
  keepLargestBody(labels, part.grid.dimensions)
  return labels
}
