import type { Grid, Vector3, Volume } from '../volume/grid.ts'
import { cutPart, partWithin } from '../volume/part-of-grid.ts'
import { affineColumn, affineFromColumns, voxelToPatient } from '../volume/patient-affine.ts'
import { type Pose, toAffine } from './pose.ts'
import type { TemplatePoints } from './template.ts'

/**
 * Margin around the template's points, mm of the template: skull and scalp, as far as brightness
 * needs them.
 */
const marginMm = 40

/** The part of a head around the brain at a pose: the rest costs time and has no influence. */
export function cutToBrain(
  head: Volume,
  { positions }: TemplatePoints,
  center: Vector3,
  pose: Pose,
): Volume {
  const low = [Infinity, Infinity, Infinity]
  const high = [-Infinity, -Infinity, -Infinity]
  positions.forEach((mm, i) => {
    low[i % 3] = Math.min(low[i % 3]!, mm)
    high[i % 3] = Math.max(high[i % 3]!, mm)
  })
  const toPatient = toAffine(pose, center)
  const first: Vector3 = [low[0]! - marginMm, low[1]! - marginMm, low[2]! - marginMm]
  const size = (axis: 0 | 1 | 2) => Math.ceil(high[axis]! - low[axis]! + 2 * marginMm)
  const steps = [affineColumn(toPatient, 0), affineColumn(toPatient, 1), affineColumn(toPatient, 2)]
  const box: Grid = {
    dimensions: [size(0), size(1), size(2)],
    affine: affineFromColumns(
      steps as unknown as readonly [Vector3, Vector3, Vector3],
      voxelToPatient(toPatient, first),
    ),
  }
  const part = partWithin(head, box)
  return part === undefined ? head : cutPart(head, part)
}
