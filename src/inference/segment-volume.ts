import { HippoError } from '../errors.ts'
import type { Volume } from '../volume/grid.ts'
import { mirrorValues } from '../volume/mirror.ts'
import { predictProbabilities, type RunNetwork } from './class-probabilities.ts'
import { keepLargestBody } from './keep-largest-body.ts'
import { planModelGrid, toModelGrid, toSourceGrid } from './model-grid.ts'
import type { ModelManifest } from './model-manifest.ts'
import { normalizeIntensities } from './normalize-intensities.ts'
import { type Confidence, rateConfidence } from './rate-confidence.ts'

/** Side of the body the crop shows; an unknown one is run as it is. */
export type CropSide = 'left' | 'right' | 'unknown'

/** Labels of a source volume, one per voxel of its own grid. */
export interface SegmentedVoxels {
  readonly labels: Uint8Array
  readonly confidence: Confidence
}

/** The model grid's axes are superior, anterior, right. */
const rightAxis = 2

/** The label with the greatest probability; the lower one on a tie. */
function pickLabels(probabilities: readonly Float32Array[], voxels: number): Uint8Array {
  const labels = new Uint8Array(voxels)
  const best = probabilities[0]!.slice()
  for (let label = 1; label < probabilities.length; label++) {
    const candidate = probabilities[label]!
    for (let voxel = 0; voxel < voxels; voxel++) {
      if (candidate[voxel]! > best[voxel]!) {
        best[voxel] = candidate[voxel]!
        labels[voxel] = label
      }
    }
  }
  return labels
}

function checkFinite(intensities: Float32Array): void {
  for (const intensity of intensities) {
    if (!Number.isFinite(intensity)) {
      throw new HippoError(
        'PIXEL_DATA_INVALID',
        'The volume holds intensities that are not numbers.',
        { stage: 'infer' },
      )
    }
  }
}

/**
 * Labels a crop around one hippocampus, whatever its orientation and spacing: onto the model's grid
 * (right hippocampi mirrored, because the model knows left ones), normalised, through the network,
 * probabilities back onto the source's voxels, the likeliest label of each, the largest body only.
 *
 * Throws CROP_UNSUITABLE, GEOMETRY_INVALID, INTENSITIES_CONSTANT, PIXEL_DATA_INVALID, MODEL_INVALID.
 */
export async function segmentVolume(
  volume: Volume,
  side: CropSide,
  manifest: ModelManifest,
  run: RunNetwork,
): Promise<SegmentedVoxels> {
  checkFinite(volume.intensities)
  const plan = planModelGrid(volume)
  const { dimensions } = plan.model
  const mirrorIfRight = (values: Float32Array) =>
    side === 'right' ? mirrorValues(values, dimensions, rightAxis) : values

  const intensities = mirrorIfRight(toModelGrid(volume, plan))
  const normalized = normalizeIntensities(intensities, manifest.normalization)
  const onModelGrid = await predictProbabilities(normalized, dimensions, manifest, run)
  const probabilities = onModelGrid.map((values) => toSourceGrid(mirrorIfRight(values), plan))
  const labels = pickLabels(probabilities, volume.intensities.length)
  const clearedVoxels = keepLargestBody(labels, volume.dimensions)
  return {
    labels,
    confidence: rateConfidence(labels, probabilities[0]!, clearedVoxels, manifest.confidence),
  }
}
