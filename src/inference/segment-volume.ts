import { HippoError } from '../errors.ts'
import type { Vector3, Volume } from '../volume/grid.ts'
import { mirrorValues } from '../volume/mirror.ts'
import { toVector3 } from '../volume/vector3.ts'
import { readSigns } from './certainty-signs.ts'
import { predictProbabilities, type RunNetwork } from './class-probabilities.ts'
import { type Box, boxAround, cutBox, placeBox } from './focus.ts'
import { keepLargestBody } from './keep-bodies.ts'
import { clearResidue, planModelGrid, toModelGrid, toSourceGrid } from './model-grid.ts'
import type { ModelManifest, NetworkManifest } from './model-manifest.ts'
import { normalizeIntensities } from './normalize-intensities.ts'
import { type Confidence, rateConfidence } from './rate-confidence.ts'
import { estimateVolumeErrors, type VolumeErrors } from './volume-errors.ts'

/** Side of the body the crop shows; an unknown one is not mirrored. */
export type CropSide = 'left' | 'right' | 'unknown'

/** Labels of a source volume, one per voxel of its own grid. */
export interface SegmentedVoxels {
  readonly labels: Uint8Array
  readonly confidence: Confidence
  /** Undefined if the manifest has no rule for standard errors. */
  readonly volumeErrors: VolumeErrors | undefined
}

/** The model grid's axes are superior, anterior, right. */
const rightAxis = 2

/** The label with the greatest probability; the lower one on a tie. */
export function pickLabels(probabilities: readonly Float32Array[], voxels: number): Uint8Array {
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
        'The volume contains intensities that are not numbers.',
        { stage: 'infer' },
      )
    }
  }
}

/** Each pass is centred by the previous one; after three it no longer moves. */
const looksAgain = 3

/** The first pass in a wide crop uses only its centre, voxels: in more the model fails. */
const firstLook = 64

function middleOf(grid: Vector3): Box {
  const size = toVector3(grid.map((length) => Math.min(length, firstLook)))
  const start = grid.map((length, axis) => Math.floor((length - size[axis]!) / 2))
  return { start: toVector3(start), size }
}

/**
 * Probabilities on the model's grid. A crop much wider than those of training is segmented again in
 * a box around the first result, normalised again; outside that box everything is background.
 */
async function predictFocused(
  intensities: Float32Array,
  grid: Vector3,
  manifest: NetworkManifest,
  run: RunNetwork,
): Promise<Float32Array[]> {
  const { input, normalization } = manifest
  const look = async ({ start, size }: Box) => {
    const cut = cutBox(intensities, grid, { start, size })
    return predictProbabilities(normalizeIntensities(cut, normalization), size, manifest, run)
  }
  const { focus } = input
  // The manifest uses the order right, anterior, superior; the grid's axes have the reverse order.
  const isWide = grid.some((length, axis) => focus && length > focus.beyond[2 - axis]!)
  if (!focus || !isWide) return look({ start: [0, 0, 0], size: grid })

  const wanted: Vector3 = [focus.box[2], focus.box[1], focus.box[0]]
  const lookIn = async (box: Box) =>
    (await look(box)).map((values, label) => placeBox(values, grid, box, label === 0 ? 1 : 0))
  let probabilities = await lookIn(middleOf(grid))
  for (let again = 0; again < looksAgain; again++) {
    const found = pickLabels(probabilities, intensities.length)
    keepLargestBody(found, grid)
    const box = boxAround(found, grid, wanted)
    if (box === undefined) break
    probabilities = await lookIn(box)
  }
  return probabilities
}

/**
 * Probabilities of each label (0 the background) in a box that already lies on the model's grid: 1 mm,
 * columns towards the head's superior, rows towards its anterior, slices towards its right. A right
 * hippocampus is mirrored for the network and back.
 *
 * Throws INTENSITIES_CONSTANT, PIXEL_DATA_INVALID, MODEL_INVALID.
 */
export async function predictBox(
  box: Volume,
  side: CropSide,
  manifest: NetworkManifest,
  run: RunNetwork,
): Promise<Float32Array[]> {
  checkFinite(box.intensities)
  const { dimensions } = box
  const mirrorIfRight = (values: Float32Array) =>
    side === 'right' ? mirrorValues(values, dimensions, rightAxis) : values
  const intensities = mirrorIfRight(clearResidue(box.intensities))
  const probabilities = await predictFocused(intensities, dimensions, manifest, run)
  return probabilities.map(mirrorIfRight)
}

/**
 * Labels a crop around one hippocampus, whatever its orientation and spacing: resamples to the
 * model's grid (right hippocampi mirrored, because the model was trained on left ones), normalises,
 * runs the network, maps probabilities back to the source's voxels, takes the most probable label,
 * and keeps the largest body.
 *
 * Throws CROP_UNSUITABLE, GEOMETRY_INVALID, INTENSITIES_CONSTANT, PIXEL_DATA_INVALID,
 * MODEL_INVALID.
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
  const onModelGrid = await predictFocused(intensities, dimensions, manifest, run)
  const probabilities = onModelGrid.map((values) => toSourceGrid(mirrorIfRight(values), plan))
  const labels = pickLabels(probabilities, volume.intensities.length)
  const clearedVoxels = keepLargestBody(labels, volume.dimensions)
  const background = probabilities[0]!
  // On the model's grid, whose voxels are those of the cases that the manifest's rules were fitted on.
  const onGrid = pickLabels(onModelGrid, intensities.length)
  keepLargestBody(onGrid, dimensions)
  const signsOfDoubt = () => readSigns(onGrid, onModelGrid[0]!, intensities, dimensions)
  return {
    labels,
    volumeErrors: estimateVolumeErrors(onGrid, onModelGrid, dimensions, manifest.standardError),
    confidence: rateConfidence(
      labels,
      background,
      clearedVoxels,
      manifest.confidence,
      signsOfDoubt,
    ),
  }
}
