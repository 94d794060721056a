import type { Segmenter } from '../inference/segmenter.ts'
import { planCropBox } from '../localization/plan-crop-box.ts'
import { tiltToTraining } from '../localization/training-pose.ts'
import type { Grid, Vector3, Volume } from '../volume/grid.ts'
import { voxelToPatient } from '../volume/patient-affine.ts'
import { sampleTrilinear } from '../volume/resample.ts'
import { resampleCubic } from '../volume/resample-cubic.ts'
import type { Alignment } from './align-heads.ts'
import { bringTogether, gridInScan, type LocatedHead } from './bring-together.ts'
import { type HeadFrame, inverseOfFrame } from './half-way-frame.ts'
import { isMoreThanLoss } from './more-than-loss.ts'
import { type ReadChange, readChange } from './read-change.ts'

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

/** The half-way space's axes, turned so that hippocampi lie as in training. */
const pose = {
  headAxes: tiltToTraining({ right: [-1, 0, 0], anterior: [0, -1, 0], superior: [0, 0, 1] }),
}

/** Share of each voxel of `grid` that the network counts to the hippocampus, seen in a box around it. */
async function outlineIn(
  scan: Volume,
  { box, grid, frame }: { readonly box: Grid; readonly grid: Grid; readonly frame: HeadFrame },
  side: 'left' | 'right',
  segmenter: Segmenter,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const cut = resampleCubic(scan, gridInScan(box, frame))
  const [background] = await segmenter.predict(cut, { side, signal })
  const outline = background!.map((share) => 1 - share)
  return sampleTrilinear(outline, box, grid, 0)
}

/** Reads the change of one hippocampus. The boxes are resampled while the network is at work elsewhere. */
async function readSide(
  scans: readonly [Volume, Volume],
  { frames }: Alignment,
  middle: Vector3,
  side: 'left' | 'right',
  segmenter: Segmenter,
  signal: AbortSignal | undefined,
): Promise<ReadChange | undefined> {
  const center = voxelToPatient(inverseOfFrame(frames[1]), middle)
  const box = planCropBox(pose, center, networkSize)
  const grid = planCropBox(pose, center, comparedSize)
  const outline = (n: 0 | 1) =>
    outlineIn(scans[n], { box, grid, frame: frames[n] }, side, segmenter, signal)
  const outlining = Promise.all([outline(0), outline(1)])
  const [earlier, later] = [0, 1].map(
    (n) => resampleCubic(scans[n]!, gridInScan(grid, frames[n]!)).intensities,
  )
  return readChange({ grid, earlier: earlier!, later: later!, outlines: await outlining })
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
  const scans = [earlier.volume, later.volume] as const
  const readings = await Promise.all(
    sides.map((side) =>
      readSide(scans, pair.sides[side], later.middles[side], side, segmenter, signal),
    ),
  )
  const found: SideReading[] = []
  for (const [n, side] of sides.entries()) {
    const change = readings[n]
    if (change === undefined) {
      const sentence = `The ${side} hippocampus is not outlined in both of the studies.`
      return { reason: 'NO_OUTLINE', sentence }
    }
    if (isMoreThanLoss(change.signs)) {
      const sentence = `The surroundings of the ${side} hippocampus changed by more than a loss of its own explains, such as by a ventricle that grew.`
      return { reason: 'FLUID_CHANGED', sentence }
    }
    found.push({ side, ...change })
  }
  return { sides: found, correlation: least }
}
