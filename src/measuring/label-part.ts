import { keepLargestBody } from '../inference/keep-bodies.ts'
import { pickLabels } from '../inference/segment-volume.ts'
import type { Grid } from '../volume/grid.ts'
import type { GridPart } from '../volume/part-of-grid.ts'
import { sampleTrilinear } from '../volume/resample.ts'

/**
 * Probabilities of a box interpolated at the head's own voxels; outside the box everything is
 * background.
 */
export function bringToPart(
  probabilities: readonly Float32Array[],
  box: Grid,
  part: GridPart,
): Float32Array[] {
  return probabilities.map((values, label) =>
    sampleTrilinear(values, box, part.grid, label === 0 ? 1 : 0),
  )
}

/**
 * Probabilities with voxels removed from a mask (labelled at first, no longer) set to background.
 */
export function clearProbabilities(
  probabilities: readonly Float32Array[],
  cleared: (voxel: number) => boolean,
): Float32Array[] {
  return probabilities.map((values, label) =>
    values.map((value, voxel) => (cleared(voxel) ? (label === 0 ? 1 : 0) : value)),
  )
}

/** The most probable label of each voxel of a part, in one piece. */
export function labelPart(probabilities: readonly Float32Array[], part: GridPart): Uint8Array {
  const labels = pickLabels(probabilities, probabilities[0]!.length)
  keepLargestBody(labels, part.grid.dimensions)
  return labels
}
