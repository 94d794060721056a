import type { HeadLocalization } from '../localization/head-localization.ts'
import { multiply, rotationAbout } from '../localization/pose.ts'
import type { Affine, Vector3 } from '../volume/grid.ts'
import { toVector3 } from '../volume/vector3.ts'

/**
 * Where the half-way space of two scans lies in one of them. Its axes run to the patient's left, back and
 * head, as LPS do in a head that lies straight; a point p of it, mm, lies at `origin` + `axes` p.
 */
export interface HeadFrame {
  /** 3x3, row-major; its columns are the axes of the half-way space in the scan's LPS. */
  readonly axes: readonly number[]
  /** LPS mm of the scan. */
  readonly origin: Vector3
}

/** The frame along a head's own axes whose origin lies between its hippocampi. */
export function frameOfHead({
  headAxes: { right, anterior, superior },
  centers: { left: a, right: b },
}: Pick<HeadLocalization, 'headAxes' | 'centers'>): HeadFrame {
  return {
    axes: [0, 1, 2].flatMap((i) => [0 - right[i]!, 0 - anterior[i]!, superior[i]!]),
    origin: toVector3([0, 1, 2].map((i) => (a[i]! + b[i]!) / 2)),
  }
}

/** The frame after its points are turned about its origin (rotation vector, radians) and then moved, mm. */
export function moveFrame({ axes, origin }: HeadFrame, shift: Vector3, turn: Vector3): HeadFrame {
  const moved = [0, 1, 2].map(
    (i) =>
      origin[i]! +
      axes[3 * i]! * shift[0] +
      axes[3 * i + 1]! * shift[1] +
      axes[3 * i + 2]! * shift[2],
  )
  return { axes: multiply(axes, rotationAbout(turn)), origin: toVector3(moved) }
}

/** From the half-way space to the scan's LPS, mm. */
export function affineOfFrame({ axes, origin }: HeadFrame): Affine {
  const row = (i: 0 | 1 | 2) => [axes[3 * i]!, axes[3 * i + 1]!, axes[3 * i + 2]!, origin[i]]
  return [...row(0), ...row(1), ...row(2), 0, 0, 0, 1]
}

/** From the scan's LPS to the half-way space, mm. */
export function inverseOfFrame({ axes, origin }: HeadFrame): Affine {
  const row = (i: 0 | 1 | 2) => {
    const [a, b, c] = [axes[i]!, axes[3 + i]!, axes[6 + i]!]
    return [a, b, c, 0 - a * origin[0] - b * origin[1] - c * origin[2]]
  }
  return [...row(0), ...row(1), ...row(2), 0, 0, 0, 1]
}
