import type { PatientBox } from './label-extent.ts'
import type { PatientPlane } from './patient-planes.ts'

/** The rectangle of a plane that a panel shows, LPS millimetres. */
export interface FieldOfView {
  readonly acrossCentre: number
  readonly downCentre: number
  readonly acrossSide: number
  readonly downSide: number
}

function centreWithin(wanted: number, side: number, low: number, high: number): number {
  if (high - low <= side) return (low + high) / 2
  return Math.min(Math.max(wanted, low + side / 2), high - side / 2)
}

/**
 * A rectangle of a panel's proportions (width over height) around a box with a margin
 * (millimetres), no larger than needed to show the whole volume, and shifted to show as little as
 * possible outside of it.
 */
export function chooseFieldOfView(
  plane: PatientPlane,
  target: PatientBox,
  volume: PatientBox,
  margin: number,
  proportions: number,
): FieldOfView {
  const across = plane.across.axis
  const down = plane.down.axis
  const lengthOf = (box: PatientBox, axis: 0 | 1 | 2) => box.high[axis] - box.low[axis]
  const heightFor = (box: PatientBox, spare: number) =>
    Math.max((lengthOf(box, across) + spare) / proportions, lengthOf(box, down) + spare)
  const downSide = Math.min(heightFor(target, 2 * margin), heightFor(volume, 0))
  const acrossSide = downSide * proportions
  const centre = (axis: 0 | 1 | 2, side: number) => {
    const wanted = (target.low[axis] + target.high[axis]) / 2
    return centreWithin(wanted, side, volume.low[axis], volume.high[axis])
  }
  return {
    acrossCentre: centre(across, acrossSide),
    downCentre: centre(down, downSide),
    acrossSide,
    downSide,
  }
}
