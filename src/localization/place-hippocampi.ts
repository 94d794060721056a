import type { Vector3 } from '../volume/grid.ts'
import { voxelToPatient } from '../volume/patient-affine.ts'
import { lengthOf, subtract } from '../volume/vector3.ts'
import type { Match } from './correlate.ts'
import { type Pose, roundPose, toAffine } from './pose.ts'
import { refinePose } from './refine-pose.ts'
import type { Template, TemplatePoints } from './template.ts'

/** What lies this near to a hippocampus tells where it is, mm of the template. */
const nearMm = 32
/** No hippocampus lies further from where the whole head's registration expects it, mm. */
const farthestMm = 12
const steps = 8

/** The points of a match near a place of the template. */
function keepNear(match: Match, place: Vector3): Match {
  const { positions, intensities } = match.points
  const isNear = (at: number) =>
    lengthOf(subtract([positions[3 * at]!, positions[3 * at + 1]!, positions[3 * at + 2]!], place)) <
    nearMm
  const near = [...intensities.keys()].filter(isNear)
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
 * Where a hippocampus lies, LPS mm of the patient: where the head's registration puts the template's, then
 * where the template's surroundings of it fit best as a body that may turn and grow. An average head's
 * affine alone is up to a centimetre off where the ventricles are wide.
 */
function placeOne(even: Match, { matrix, position }: Pose, center: Vector3, place: Vector3): Vector3 {
  const expected = voxelToPatient(toAffine({ matrix, position }, center), place)
  const near = keepNear(even, place)
  const { pose } = refinePose(near, { matrix, position: expected }, 'similarity', steps)
  const isClose = lengthOf(subtract(pose.position, expected)) < farthestMm
  return roundPose({ matrix, position: isClose ? pose.position : expected }).position
}

/** Where both hippocampi lie, LPS mm of the patient. */
export function placeHippocampi(even: Match, pose: Pose, template: Template) {
  const place = (side: 'left' | 'right') =>
    placeOne(even, pose, template.center, template.hippocampi[side])
  return { left: place('left'), right: place('right') }
}
