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

/** Starts that are climbed roughly, by few points; of these and of what they lead to, the best that differ. */
const startsKept = 32
const roughKept = 8
const placedKept = 5
const fittedKept = 3
/** Poses that differ by less than this at the edge of the brain are one, mm. */
const sameMm = 12
const edgeMm = 70
/** Nothing in a head is brighter than this, next to the 95th percentile of its brain. */
const brightestTissue = 3
const brightRank = 0.95
/** Shading is read from so coarse a head, mm. */
const fieldSpacingMm = 5

/** A registration, and the head with the coil's shading taken out that it was made on. */
export interface Registration extends RefinedPose {
  readonly even: Match
}

function areSame(a: Pose, b: Pose): boolean {
  const shift = Math.max(...a.position.map((value, i) => Math.abs(value - b.position[i]!)))
  const turn = Math.max(...a.matrix.map((value, i) => Math.abs(value - b.matrix[i]!)))
  return shift + turn * edgeMm < sameMm
}

/** The best poses, at most `count`, of those that differ. */
function pickBest<T extends RefinedPose>(poses: readonly T[], count: number): T[] {
  const kept: T[] = []
  for (const next of [...poses].sort((a, b) => worthOf(b) - worthOf(a))) {
    if (!kept.some(({ pose }) => areSame(pose, next.pose))) kept.push(next)
    if (kept.length === count) break
  }
  return kept
}

/** The match with the shading of a pose taken out of what it is held against. */
export function shadeMatch(match: Match, pose: Pose, order: 2 | 3): Match {
  const shading = fitShading(match.points, match.center, sampleMatch(match, pose), order)
  return shading === undefined ? match : { ...match, shading: shadeOf(shading, match.points) }
}

/** Refines with the shading fitted anew in between. */
function refineShaded(match: Match, start: Pose, order: 2 | 3, steps: readonly number[]) {
  let refined: RefinedPose | undefined
  for (const count of steps) {
    const pose = refined?.pose ?? start
    refined = refinePose(shadeMatch(match, pose, order), pose, 'affine', count)
  }
  return refined!
}

/**
 * The head without the shading that is found at a pose, evened and with its fat cut down, blurred as the
 * template's sharp level is.
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
 * Registers a head to the template with 12 parameters, from blurred to sharp: from many starts as a
 * rigid body that may grow, then the few best as an affine, last on the head without the shading of its
 * coil, which is fitted deep in the brain, where no skull is near. Returns undefined where the template
 * fits nowhere.
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
