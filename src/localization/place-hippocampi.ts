import type { Vector3 } from '../volume/grid.ts'
import { voxelToPatient } from '../volume/patient-affine.ts'
import { lengthOf, subtract } from '../volume/vector3.ts'
import type { Match } from './correlate.ts'
import { type Pose, roundPose, toAffine } from './pose.ts'
import { refinePose } from './refine-pose.ts'
import type { Template, TemplatePoints } from './template.ts'

/** Radius around a hippocampus that is registered, mm of the template; first coarse, then fine. */
const nearMm = [36, 24] as const
/** Maximum distance of a hippocampus from the position given by the head's registration, mm. */
const farthestMm = 12
const steps = 8

/** The points of a match near a place of the template. */
function keepNear(match: Match, place: Vector3, mm: number): Match {
  const { positions, intensities } = match.points
  const near: number[] = []
  for (let at = 0, from = 0; at < intensities.length; at++, from += 3) {
    const x = positions[from]! - place[0]
    const y = positions[from + 1]! - place[1]
    const z = positions[from + 2]! - place[2]
    if (x * x + y * y + z * z < mm * mm) near.push(at)
  }
  const points: TemplatePoints = {
    positions: Float32Array.from(near.flatMap((at) => [...positions.subarray(3 * at, 3 * at + 3)])),
    intensities: Float32Array.from(near, (at) => intensities[at]!),
  }
  const { shading } = match
  return {
    ...match,
    points,
    center: place,
    shading: shading && Float32Array.from(near, (at) => shading[at]!),
  }
}

/**
 * Position of a hippocampus, LPS mm of the patient: first from the head's registration, then
 * refined with a local similarity transform. An affine to an average head alone is up to a
 * centimetre off with wide ventricles.
 */
function placeOne(
  even: Match,
  { matrix, position }: Pose,
  center: Vector3,
  place: Vector3,
): Vector3 {
  const expected = voxelToPatient(toAffine({ matrix, position }, center), place)
  let placed: Pose = { matrix, position: expected }
  for (const mm of nearMm) {
    placed = refinePose(keepNear(even, place, mm), placed, 'similarity', steps).pose
  }
  const isClose = lengthOf(subtract(placed.position, expected)) < farthestMm
  return roundPose({ matrix, position: isClose ? placed.position : expected }).position
}

/** Positions of both hippocampi, LPS mm of the patient. */
export function placeHippocampi(even: Match, pose: Pose, template: Template) {
  const place = (side: 'left' | 'right') =>
    placeOne(even, pose, template.center, template.hippocampi[side])
  return { left: place('left'), right: place('right') }
}
