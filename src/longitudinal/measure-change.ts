import type { Segmenter } from '../inference/segmenter.ts'
import { planCropBox } from '../localization/plan-crop-box.ts'
import { tiltToTraining } from '../localization/training-pose.ts'
import type { Grid, Vector3, Volume } from '../volume/grid.ts'
import { voxelToPatient } from '../volume/patient-affine.ts'
import { sampleTrilinear } from '../volume/resample.ts'
import { resampleCubic } from '../volume/resample-cubic.ts'
import type { Alignment } from './align-heads.ts'
import { bringTogether, gridInScan, type LocatedHead } from './bring-together.ts'
import { inverseOfFrame } from './half-way-frame.ts'
import { type PairBoxes, type ReadChange, readChange } from './read-change.ts'

/** A head with the middle of each outlined hippocampus, LPS mm. */
export interface OutlinedHead extends LocatedHead {
  readonly middles: { readonly left: Vector3; readonly right: Vector3 }
}

/** One hippocampus in two scans. */
export interface SideReading extends ReadChange {
  readonly side: 'left' | 'right'
}

/** Two scans of one head held against each other, or why that tells nothing. */
export type PairReading =
  | { readonly sides: readonly SideReading[]; readonly correlation: number }
  | { readonly reason: 'NOT_ALIKE' | 'NO_OUTLINE' | 'FLUID_CHANGED'; readonly sentence: string }

const sides = ['left', 'right'] as const
/** Millimetres towards right, anterior and superior: what the network sees, and what is compared. */
const networkSize: Vector3 = [36, 50, 36]
const comparedSize: Vector3 = [44, 58, 44]
/** Less alike than this, scans are not of one head in one contrast, or one of them is spoilt. */
const leastCorrelation = 0.85

/**
 * More than this is no change of the hippocampus, percent of its volume: simulated losses up to 10 % darken
 * their surroundings by less than 10 and move by less than 8, a horn that grows by 2 mm by over 30 and 10.
 */
const [mostAround, mostMoved] = [20, 14]

/** The half-way space's axes, turned so that hippocampi lie as in training. */
const pose = {
  headAxes: tiltToTraining({ right: [-1, 0, 0], anterior: [0, -1, 0], superior: [0, 0, 1] }),
}

async function outlineIn(
  scan: Volume,
  box: Grid,
  frame: Alignment['frames'][number],
  side: 'left' | 'right',
  segmenter: Segmenter,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const cut = resampleCubic(scan, gridInScan(box, frame))
  const [background] = await segmenter.predict(cut, { side, signal })
  return background!.map((share) => 1 - share)
}

/**
 * Holds two scans of one head against each other: brings both into their half-way space, resamples each
 * once around each hippocampus, lets the network outline it in both in the same box, and reads what
 * changed. Only where the box lies comes from the later scan alone; neither is favoured. Throws as Segmenter.predict does.
 */
export async function measureChange(
  earlier: LocatedHead,
  later: OutlinedHead,
  segmenter: Segmenter,
  signal?: AbortSignal | undefined,
): Promise<PairReading> {
  const pair = bringTogether(earlier, later)
  const correlations = pair
    ? [pair.whole, pair.sides.left, pair.sides.right].map(({ correlation }) => correlation)
    : []
  // Not a number where there is nothing to compare.
  const least = correlations.length === 0 ? 0 : Math.min(...correlations)
  if (pair === undefined || !(least >= leastCorrelation)) {
    return {
      reason: 'NOT_ALIKE',
      sentence: 'Its images and those of this study are too unlike to be laid on each other.',
    }
  }
  const found: SideReading[] = []
  for (const side of sides) {
    const { frames } = pair.sides[side]
    const center = voxelToPatient(inverseOfFrame(frames[1]), later.middles[side])
    const box = planCropBox(pose, center, networkSize)
    const grid = planCropBox(pose, center, comparedSize)
    const scans = [earlier.volume, later.volume] as const
    const outlines: Float32Array[] = []
    for (const [n, scan] of scans.entries()) {
      signal?.throwIfAborted()
      const outline = await outlineIn(scan, box, frames[n]!, side, segmenter, signal)
      outlines.push(sampleTrilinear(outline, box, grid, 0))
    }
    const boxes: PairBoxes = {
      grid,
      earlier: resampleCubic(scans[0], gridInScan(grid, frames[0])).intensities,
      later: resampleCubic(scans[1], gridInScan(grid, frames[1])).intensities,
      outlines: [outlines[0]!, outlines[1]!],
    }
    const change = readChange(boxes)
    if (change === undefined) {
      const sentence = `The ${side} hippocampus is not outlined in both of the studies.`
      return { reason: 'NO_OUTLINE', sentence }
    }
    const { moved, darkenedAround } = change.signs
    if (Math.abs(darkenedAround) > mostAround || Math.abs(moved) > mostMoved) {
      const sentence = `The surroundings of the ${side} hippocampus changed by more than a loss of its own explains, such as by a ventricle that grew.`
      return { reason: 'FLUID_CHANGED', sentence }
    }
    found.push({ side, ...change })
  }
  return { sides: found, correlation: least }
}
