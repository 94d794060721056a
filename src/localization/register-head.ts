import { makeMatch } from './correlate.ts'
import type { HeadLevels } from './head-levels.ts'
import type { Pose } from './pose.ts'
import { type RefinedPose, refinePose, worthOf } from './refine-pose.ts'
import { searchPoses } from './search-poses.ts'
import type { Template } from './template.ts'

const startsKept = 8
/** Poses that differ by less than this at the edge of the brain are one, mm. */
const sameMm = 12
const edgeMm = 70

function areSame(a: Pose, b: Pose): boolean {
  const shift = Math.max(...a.position.map((value, i) => Math.abs(value - b.position[i]!)))
  const turn = Math.max(...a.matrix.map((value, i) => Math.abs(value - b.matrix[i]!)))
  return shift + turn * edgeMm < sameMm
}

/** The best poses, at most `count`, of those that differ. */
function pickBest(poses: readonly RefinedPose[], count: number): RefinedPose[] {
  const kept: RefinedPose[] = []
  for (const next of [...poses].sort((a, b) => worthOf(b) - worthOf(a))) {
    if (!kept.some(({ pose }) => areSame(pose, next.pose))) kept.push(next)
    if (kept.length === count) break
  }
  return kept
}

/**
 * Registers a head to the template with 12 parameters, from blurred to sharp: from many starts as a
 * rigid body that may grow, then the few best as an affine. The score is the best one of the sharp level
 * without fat. Answers undefined where the template fits nowhere at all.
 */
export function registerHead(head: HeadLevels, template: Template): RefinedPose | undefined {
  const { center } = template
  const [sharp, middle, blurred] = template.levels

  const starts = searchPoses(blurred.pick(4), center, head.blurred, startsKept)
  const onBlurred = makeMatch(blurred.pick(2), center, head.blurred)
  const placed = pickBest(
    starts.map((start) => refinePose(onBlurred, start, 'similarity', 12)),
    4,
  )
  const onMiddle = makeMatch(middle.pick(2), center, head.middle)
  const fitted = pickBest(
    placed.map(({ pose }) => {
      const similar = refinePose(onMiddle, pose, 'similarity', 6)
      return refinePose(onMiddle, similar.pose, 'affine', 15)
    }),
    2,
  )
  const onSharp = makeMatch(sharp.pick(2), center, head.sharp)
  const [best] = pickBest(
    fitted.map(({ pose }) => refinePose(onSharp, pose, 'affine', 12)),
    1,
  )
  if (best === undefined) return undefined
  // Where fat is cut out, the skull's inside is no edge any more: the size is read with the scalp in.
  const withSkull = makeMatch(sharp.pick(1), center, head.skull)
  const { pose, coverage } = refinePose(withSkull, best.pose, 'affine', 8)
  return { pose, score: best.score, coverage }
}
