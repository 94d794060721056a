import type { Vector3, Volume } from '../volume/grid.ts'
import { type Match, makeMatch } from './correlate.ts'
import { cutToBrain } from './cut-to-brain.ts'
import { evenBrightness } from './even-brightness.ts'
import type { HeadLevels } from './head-levels.ts'
import type { Pose } from './pose.ts'
import { type RefinedPose, refinePose, worthOf } from './refine-pose.ts'
import { removeShading } from './remove-shading.ts'
import { sampleMatch } from './sample-match.ts'
import { searchPoses } from './search-poses.ts'
import { fitShading, shadeOf } from './shading.ts'
import { shrinkVolume } from './shrink-volume.ts'
import { smoothVolume } from './smooth-volume.ts'
import type { Template, TemplatePoints } from './template.ts'

/** Number of starts refined coarsely with few points, and of the best distinct results kept. */
const startsKept = 32
const roughKept = 8
const placedKept = 5
const fittedKept = 3
/** Poses that differ by less than this at the edge of the brain count as one, mm. */
const sameMm = 12
const edgeMm = 70
/** Maximum brightness relative to the 95th percentile of the brain. */
const brightestTissue = 3
const brightRank = 0.95
/** Smoothing of the head from which shading is fitted, mm. */
const fieldSpacingMm = 5

/** A registration, and its head with the coil's shading removed. */
export interface Registration extends RefinedPose {
  readonly even: Match
}

function areSame(a: Pose, b: Pose): boolean {
  const shift = Math.max(...a.position.map((value, i) => Math.abs(value - b.position[i]!)))
  const turn = Math.max(...a.matrix.map((value, i) => Math.abs(value - b.matrix[i]!)))
  return shift + turn * edgeMm < sameMm
}

/** The best distinct poses, at most `count`. */
function pickBest<T extends RefinedPose>(poses: readonly T[], count: number): T[] {
  const kept: T[] = []
  for (const next of [...poses].sort((a, b) => worthOf(b) - worthOf(a))) {
    if (!kept.some(({ pose }) => areSame(pose, next.pose))) kept.push(next)
    if (kept.length === count) break
  }
  return kept
}

/** The match with the shading of a pose removed from the head. */
export function shadeMatch(match: Match, pose: Pose, order: 2 | 3): Match {
  const shading = fitShading(match.points, match.center, sampleMatch(match, pose), order)
  return shading === undefined ? match : { ...match, shading: shadeOf(shading, match.points) }
}

/** Refines and refits the shading in turn. */
function refineShaded(match: Match, start: Pose, order: 2 | 3, steps: readonly number[]) {
  let refined: RefinedPose | undefined
  for (const count of steps) {
    const pose = refined?.pose ?? start
    refined = refinePose(shadeMatch(match, pose, order), pose, 'affine', count)
  }
  return refined!
}

/**
 * The head without the shading found at a pose, normalised, with fat clipped, and blurred like the
 * template's sharp level.
 */
function evenHead(
  { raw, lackingMm }: HeadLevels,
  points: TemplatePoints,
  center: Vector3,
  pose: Pose,
): Volume | undefined {
  const near = cutToBrain(raw, points, center, pose)
  const shown = sampleMatch(makeMatch(points, center, shrinkVolume(near, fieldSpacingMm)), pose)
  const shading = fitShading(points, center, shown, 3)
  if (shading === undefined) return undefined
  const shades = shadeOf(shading, points)
  const even = shown.map((value, i) => value / shades[i]!).filter((value) => !Number.isNaN(value))
  const bright = even.sort()[Math.floor(brightRank * (even.length - 1))]!
  const flat = removeShading(near, shading, pose, brightestTissue * bright)
  const volume = evenBrightness(flat, 'down')
  return volume && smoothVolume(volume, lackingMm)
}

/**
 * Registers a head to the template with 12 parameters, from blurred to sharp: many starts as
 * similarity transforms, then the few best as affines, finally on the head without its coil
 * shading, which is fitted deep in the brain, away from the skull. Returns undefined if the
 * template fits nowhere.
 */
export function registerHead(head: HeadLevels, template: Template): Registration | undefined {
  const { center } = template
  const [sharp, middle, blurred] = template.levels

  const few = blurred.pick(4)
  const roughly = makeMatch(few, center, head.blurred)
  const starts = pickBest(
    searchPoses(few, center, head.blurred, startsKept).map((start) =>
      refinePose(roughly, start, 'similarity', 10),
    ),
    roughKept,
  )
  const onBlurred = makeMatch(blurred.pick(2), center, head.blurred)
  const placed = pickBest(
    starts.map(({ pose }) => refinePose(onBlurred, pose, 'similarity', 8)),
    placedKept,
  )
  const onMiddle = makeMatch(middle.pick(2), center, head.middle)
  const fitted = pickBest(
    placed.map(({ pose }) => {
      const similar = refinePose(onMiddle, pose, 'similarity', 6)
      return refineShaded(onMiddle, similar.pose, 2, [12])
    }),
    fittedKept,
  )
  const inner = sharp.pickInner(2)
  const [best] = pickBest(
    fitted.map(({ pose }) => {
      const near = smoothVolume(cutToBrain(head.even, inner, center, pose), head.lackingMm)
      return refineShaded(makeMatch(sharp.pick(2), center, near), pose, 3, [6, 6])
    }),
    1,
  )
  if (best === undefined) return undefined
  const even = evenHead(head, inner, center, best.pose)
  if (even === undefined) return undefined
  const rough = refinePose(makeMatch(sharp.pick(2), center, even), best.pose, 'affine', 8)
  const fine = makeMatch(sharp.pick(1), center, even)
  return { ...refinePose(fine, rough.pose, 'affine', 4), even: fine }
}
