import { HippoError } from '../errors.ts'
import type { LabelMap } from '../volume/grid.ts'
import { findLabelledRange } from '../volume/labelled-range.ts'
import { voxelVolumeOf } from '../volume/patient-affine.ts'
import { cropLabels, type HippocampusLabels } from './hippocampus-labels.ts'
import type { HippocampusVolumes, Side } from './hippocampus-volumes.ts'

/**
 * The smallest of 209 manual tracings of adults (Medical Segmentation Decathlon, Task 04) is 2,382
 * mm3, and severe atrophy halves a hippocampus: an eighth of the smallest cannot be one.
 */
const smallestCredibleMm3 = 300

/**
 * Volumes of one hippocampus in cubic millimetres: voxels of a label times the volume of a voxel
 * (the determinant of the affine, right for oblique and anisotropic grids too).
 */
export function measureHippocampus(
  labelMap: LabelMap,
  side: Side,
  labels: HippocampusLabels = cropLabels,
): HippocampusVolumes {
  let anterior = 0
  let posterior = 0
  const { labels: values } = labelMap
  // By index: an iterator over the twelve million voxels of a head takes ten times as long.
  const { first, end } = findLabelledRange(values, [labels.anterior, labels.posterior])
  for (let voxel = first; voxel < end; voxel++) {
    if (values[voxel] === labels.anterior) anterior++
    else if (values[voxel] === labels.posterior) posterior++
  }
  const voxelMm3 = voxelVolumeOf(labelMap.affine)
  return {
    side,
    anteriorMm3: anterior * voxelMm3,
    posteriorMm3: posterior * voxelMm3,
    totalMm3: (anterior + posterior) * voxelMm3,
  }
}

/**
 * Throws HIPPOCAMPUS_NOT_FOUND if the labelled volume is too small for a hippocampus, or the
 * anterior or posterior part is missing.
 */
export function requireHippocampus({
  anteriorMm3,
  posteriorMm3,
  totalMm3,
}: HippocampusVolumes): void {
  if (totalMm3 >= smallestCredibleMm3 && anteriorMm3 > 0 && posteriorMm3 > 0) return
  const found =
    totalMm3 === 0
      ? 'No hippocampus was found in the series'
      : totalMm3 < smallestCredibleMm3
        ? `No hippocampus was found in the series: only ${Math.round(totalMm3)} mm³ look like one, and even an atrophied hippocampus is several times larger`
        : `No complete hippocampus was found in the series: its ${anteriorMm3 > 0 ? 'posterior' : 'anterior'} part is missing`
  throw new HippoError('HIPPOCAMPUS_NOT_FOUND', `${found}. Nothing was measured.`, {
    details: { anteriorMm3, posteriorMm3, totalMm3 },
  })
}
