import type { Vector3 } from '../volume/grid.ts'
import { type Correlation, correlate, type Freedom, leverMm, type Match } from './correlate.ts'
import { determinant, multiply, type Pose, rotationAbout } from './pose.ts'
import { solveLinear } from './solve-linear.ts'

export interface RefinedPose {
  readonly pose: Pose
  readonly score: number
  readonly coverage: number
}

/** Steps shorter than this end the search, mm. */
const shortestStep = 0.02
const strongestDamping = 1e4
/** Of the template's volume of 1,887 cm3: no head is smaller or greater, and none is mirrored (that is below 0). */
const [smallestHead, greatestHead] = [0.33, 1.5]

/**
 * The objective: the correlation, reduced if much of the brain is outside the field of view;
 * otherwise matches would drift out of the image.
 */
export const worthOf = ({ score, coverage }: { score: number; coverage: number }) =>
  score * Math.sqrt(coverage)

function move({ matrix, position }: Pose, step: Float64Array, freedom: Freedom): Pose {
  const moved: Vector3 = [position[0] + step[0]!, position[1] + step[1]!, position[2] + step[2]!]
  if (freedom === 'affine') {
    return { position: moved, matrix: matrix.map((value, i) => value + step[3 + i]! / leverMm) }
  }
  const turn = rotationAbout([step[3]! / leverMm, step[4]! / leverMm, step[5]! / leverMm])
  const growth = Math.exp(step[6]! / leverMm)
  return { position: moved, matrix: multiply(turn, matrix).map((value) => value * growth) }
}

/** A damped Gauss-Newton step: the template's intensities minus scaled head intensities, least squares. */
function planStep({ normal, right, size }: Correlation, damping: number): Float64Array | undefined {
  const moves = size - 2
  const damped = normal.slice()
  for (let i = 0; i < moves; i++) damped[i * size + i]! *= 1 + damping
  const solution = solveLinear(damped, right, size)
  if (solution === undefined) return undefined
  // The columns are the head's gradients; the model is scale x (head + gradient . move).
  const scale = solution[moves]!
  if (!(scale > 0)) return undefined
  return solution.slice(0, moves).map((value) => value / scale)
}

/**
 * Refines a pose to the nearest maximum of the correlation (Levenberg-Marquardt over the pose, the
 * head's intensity scale and its offset).
 */
export function refinePose(
  match: Match,
  start: Pose,
  freedom: Freedom,
  steps: number,
): RefinedPose {
  let pose = start
  let current = correlate(match, pose, freedom)
  let damping = 1e-2
  for (let i = 0; i < steps && damping < strongestDamping; i++) {
    const step = planStep(current, damping)
    if (step === undefined) {
      damping *= 8
      continue
    }
    const next = move(pose, step, freedom)
    const size = determinant(next.matrix)
    const isHead = size > smallestHead && size < greatestHead
    const there = isHead ? correlate(match, next, freedom) : undefined
    if (there !== undefined && worthOf(there) > worthOf(current)) {
      pose = next
      current = there
      damping /= 4
      if (step.every((mm) => Math.abs(mm) < shortestStep)) break
    } else {
      damping *= 8
      if (step.every((mm) => Math.abs(mm) < shortestStep)) break
    }
  }
  return { pose, score: current.score, coverage: current.coverage }
}
