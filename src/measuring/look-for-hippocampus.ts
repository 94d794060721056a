import { keepLargestBody } from '../inference/keep-bodies.ts'
import { rateConfidence } from '../inference/rate-confidence.ts'
import { pickLabels } from '../inference/segment-volume.ts'
import type { Segmenter } from '../inference/segmenter.ts'
import { estimateVolumeErrors, type VolumeErrors } from '../inference/volume-errors.ts'
import type { HeadLocalization } from '../localization/head-localization.ts'
import { planCropBox } from '../localization/plan-crop-box.ts'
import { tiltToTraining } from '../localization/training-pose.ts'
import type { Grid, Vector3, Volume } from '../volume/grid.ts'
import { middleOfLabels, shareOnBorder } from '../volume/label-box.ts'
import { type GridPart, partWithin, shareWithin } from '../volume/part-of-grid.ts'
import { voxelToPatient } from '../volume/patient-affine.ts'
import { resampleCubic } from '../volume/resample-cubic.ts'
import { lengthOf, subtract } from '../volume/vector3.ts'
import { bringToPart, clearProbabilities, labelPart } from './label-part.ts'

/** Millimetres towards right, anterior and superior: the crops of training. */
const boxSize: Vector3 = [36, 50, 36]
/** The first pass, one around its result, and two more while that moves. */
const mostLooks = 4
const closeEnoughMm = 2

/** The findings about one hippocampus of a whole head. */
export interface HippocampusLook {
  readonly side: 'left' | 'right'
  /** The box of the last pass, on the model's grid. */
  readonly box: Grid
  /** The head's intensities on that grid. */
  readonly intensities: Float32Array
  /** The head's own voxels within that box. */
  readonly part: GridPart
  /** Of each of the model's labels, on the part. */
  readonly probabilities: readonly Float32Array[]
  /** The model's labels (1 anterior, 2 posterior) on the part, in one piece. */
  readonly labels: Uint8Array
  /** The same on the box's own grid. */
  readonly boxLabels: Uint8Array
  /** Share (0 to 1) of the labelled voxels that were not in one piece with the rest. */
  readonly clearedShare: number
  /** Share (0 to 1) of the mask in the outermost layer of the box. */
  readonly borderShare: number
  /** Share (0 to 1) of the box that the images show. */
  readonly shareInView: number
  /** Dice that the network predicts for this mask. */
  readonly ownEstimate: number
  /** One standard error of each volume; undefined if the model's manifest does not define it. */
  readonly volumeErrors: VolumeErrors | undefined
  /** Distance of the first mask from the localizer's centre, millimetres. */
  readonly movedMm: number
  readonly looks: number
}

interface BoxLabels {
  readonly intensities: Float32Array
  readonly probabilities: readonly Float32Array[]
  readonly labels: Uint8Array
  readonly clearedShare: number
}

async function predictIn(
  head: Volume,
  box: Grid,
  side: 'left' | 'right',
  segmenter: Segmenter,
  signal: AbortSignal | undefined,
): Promise<BoxLabels> {
  const volume = resampleCubic(head, box)
  const probabilities = await segmenter.predict(volume, { side, signal })
  const labels = pickLabels(
    probabilities,
    box.dimensions[0] * box.dimensions[1] * box.dimensions[2],
  )
  const labelled = labels.reduce((count, label) => count + (label > 0 ? 1 : 0), 0)
  const first = labels.slice()
  const cleared = keepLargestBody(labels, box.dimensions)
  return {
    intensities: volume.intensities,
    probabilities: clearProbabilities(probabilities, (voxel) => labels[voxel] !== first[voxel]),
    labels,
    clearedShare: labelled === 0 ? 0 : cleared / labelled,
  }
}

/**
 * Finds one hippocampus around the localizer's centre: cuts a box along the head's axes, labels it
 * with the network, and cuts again around the centre of the result, so that the box matches those
 * of training despite the localizer's error. Undefined if the box is entirely outside the images.
 * Throws as Segmenter.predict does.
 */
export async function lookForHippocampus(
  head: Volume,
  side: 'left' | 'right',
  localization: HeadLocalization,
  segmenter: Segmenter,
  signal: AbortSignal | undefined,
): Promise<HippocampusLook | undefined> {
  const pose = { headAxes: tiltToTraining(localization.headAxes) }
  let center = localization.centers[side]
  let box = planCropBox(pose, center, boxSize)
  if (partWithin(head, box) === undefined) return undefined
  let seen = await predictIn(head, box, side, segmenter, signal)
  let looks = 1
  let firstMove = 0
  for (; looks < mostLooks; looks++) {
    const middle = middleOfLabels(seen.labels, box)
    if (middle === undefined) break
    const moved = lengthOf(subtract(middle, center))
    if (looks === 1) firstMove = moved
    else if (moved <= closeEnoughMm) break
    const next = planCropBox(pose, middle, boxSize)
    if (partWithin(head, next) === undefined) break
    center = middle
    box = next
    seen = await predictIn(head, box, side, segmenter, signal)
  }
  const part = partWithin(head, box)!
  const probabilities = bringToPart(seen.probabilities, box, part)
  const labels = labelPart(probabilities, part)
  return {
    side,
    box,
    intensities: seen.intensities,
    part,
    probabilities,
    labels,
    boxLabels: seen.labels,
    clearedShare: seen.clearedShare,
    borderShare: shareOnBorder(seen.labels, box.dimensions),
    shareInView: shareWithin(box, head),
    ownEstimate: rateConfidence(seen.labels, seen.probabilities[0]!, 0, undefined).ownEstimate,
    volumeErrors: estimateVolumeErrors(
      seen.labels,
      seen.probabilities,
      box.dimensions,
      segmenter.manifest.standardError,
    ),
    movedMm: firstMove,
    looks,
  }
}

/** Patient axes of a shift of the box, millimetres along the model grid's axes. */
const shift: Vector3 = [2.5, -3.5, 2.5]

/**
 * Dice (0 to 1) between a mask and that of another pass with the box shifted by a few millimetres:
 * structures found only at one position of the field do not exist.
 */
export async function compareWithShifted(
  head: Volume,
  look: HippocampusLook,
  segmenter: Segmenter,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { box, part, side, labels } = look
  const origin = voxelToPatient(box.affine, shift)
  const affine = box.affine.map((value, index) =>
    index % 4 === 3 && index < 12 ? origin[(index - 3) / 4]! : value,
  )
  const shifted = { dimensions: box.dimensions, affine }
  const seen = await predictIn(head, shifted, side, segmenter, signal)
  const probabilities = bringToPart(seen.probabilities, shifted, part)
  const again = labelPart(probabilities, part)
  let both = 0
  let sum = 0
  for (let voxel = 0; voxel < labels.length; voxel++) {
    const [a, b] = [labels[voxel]! > 0, again[voxel]! > 0]
    sum += Number(a) + Number(b)
    if (a && b) both++
  }
  return sum === 0 ? 0 : (2 * both) / sum
}
