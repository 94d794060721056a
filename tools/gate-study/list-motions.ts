import type { Vector3 } from '../../src/volume/grid.ts'
import { toVector3 } from '../../src/volume/vector3.ts'
import type { HeadMotion, Pose } from './move-head.ts'

export type MotionPattern = 'sudden' | 'drift' | 'periodic' | 'random'
export const motionPatterns: readonly MotionPattern[] = ['sudden', 'drift', 'periodic', 'random']

type Random = () => number

/**
 * A pose of a given size: 1 is about a degree and a millimetre. Rotation is mainly nodding about
 * the left-right axis.
 */
function drawPose(size: number, random: Random): Pose {
  const way = () => (random() < 0.5 ? -1 : 1) * size * (0.5 + random())
  const degrees: Vector3 = [way(), 0.4 * way(), 0.4 * way()]
  const mm: Vector3 = [0.3 * way(), 0.7 * way(), 0.7 * way()]
  return { degrees, mm }
}

const part = ({ degrees, mm }: Pose, share: number): Pose => ({
  degrees: toVector3(degrees.map((value) => share * value)),
  mm: toVector3(mm.map((value) => share * value)),
})

/**
 * A motion of a pattern. `share` (0 to 1) of the lines are disturbed; `size` is the approximate
 * motion in degrees and millimetres.
 */
export function drawMotion(
  pattern: MotionPattern,
  axis: 0 | 1 | 2,
  share: number,
  size: number,
  random: Random,
): HeadMotion {
  const name = `${pattern}, ${Math.round(100 * share)} % of the lines, about ${size} mm and degrees`
  const pose = drawPose(size, random)
  if (pattern === 'sudden') {
    // Once, and back: the block may be anywhere, and sometimes includes the centre of k-space.
    const start = random() * (1 - share)
    const poseAt = (time: number) => (time >= start && time < start + share ? 1 : 0)
    return { name, axis, poses: [pose], poseAt }
  }
  if (pattern === 'drift') {
    const start = 1 - share
    const poses = [0.25, 0.5, 0.75, 1].map((one) => part(pose, one))
    const poseAt = (time: number) =>
      time < start ? 0 : 1 + Math.min(3, Math.floor((4 * (time - start)) / share))
    return { name, axis, poses, poseAt }
  }
  if (pattern === 'periodic') {
    const turns = 8 + Math.floor(random() * 32)
    const phase = random()
    const poses = [part(pose, 0.5), pose]
    const poseAt = (time: number) => {
      const within = (time * turns + phase) % 1
      return within < share / 2 ? 1 : within < share ? 2 : 0
    }
    return { name, axis, poses, poseAt }
  }
  const poses = [pose, drawPose(size, random), drawPose(size, random)]
  const draws = Array.from({ length: 4096 }, () =>
    random() < share ? 1 + Math.floor(random() * 3) : 0,
  )
  return { name, axis, poses, poseAt: (time) => draws[Math.floor(time * draws.length)]! }
}
