import type { Vector3, Volume } from '../volume/grid.ts'
import { chainAffines, invertAffine, voxelToPatient } from '../volume/patient-affine.ts'
import type { Match } from './correlate.ts'
import { findIntensityRange } from './intensity-range.ts'
import { correlationOf } from './normalized-correlation.ts'
import { type Pose, toAffine } from './pose.ts'
import { sampleMatch } from './sample-match.ts'
import type { TemplatePoints } from './template.ts'

/** The template's fluid is darker than this, its grey and white matter brighter. */
const darkestTissue = 165
const bins = 128
const fewBins = 4

/**
 * Agreement of only grey and white matter with the template, -1 to 1. Fluid is also dark in FLAIR
 * images and tissue maps; white matter brighter than grey matter indicates T1.
 */
export function correlateTissue(match: Match, pose: Pose): number {
  const { intensities: template } = match.points
  const shown = sampleMatch(match, pose)
  const sums = { n: 0, sumH: 0, sumT: 0, sumHH: 0, sumTT: 0, sumHT: 0 }
  for (let at = 0; at < shown.length; at++) {
    const h = shown[at]! / (match.shading?.[at] ?? 1)
    const t = template[at]!
    if (Number.isNaN(h) || t < darkestTissue) continue
    sums.n++
    sums.sumH += h
    sums.sumT += t
    sums.sumHH += h * h
    sums.sumTT += t * t
    sums.sumHT += h * t
  }
  return sums.n < 8 ? 0 : correlationOf(sums)
}

/**
 * Share (0 to 1) of the brain's voxels in the few most common of 128 intensity bins: maps of labels
 * or tissue probabilities consist of few values, images never do.
 */
export function shareOfFewValues(
  volume: Volume,
  points: TemplatePoints,
  center: Vector3,
  pose: Pose,
): number {
  const range = findIntensityRange(volume.intensities)
  if (range === undefined || !(range.high > range.low)) return 1
  const toVoxel = chainAffines(toAffine(pose, center), invertAffine(volume.affine))
  const [columns, rows, slices] = volume.dimensions
  const counts = new Float64Array(bins)
  let seen = 0
  for (let from = 0; from < points.positions.length; from += 3) {
    const [x, y, z] = points.positions.subarray(from, from + 3)
    const [i, j, k] = voxelToPatient(toVoxel, [x!, y!, z!]).map(Math.round) as [
      number,
      number,
      number,
    ]
    if (i < 0 || j < 0 || k < 0 || i >= columns || j >= rows || k >= slices) continue
    const value = volume.intensities[i + columns * (j + rows * k)]!
    const share = (value - range.low) / (range.high - range.low)
    counts[share > 0 ? Math.min(bins - 1, Math.floor(share * bins)) : 0]!++
    seen++
  }
  const common = counts
    .sort()
    .subarray(bins - fewBins)
    .reduce((sum, count) => sum + count, 0)
  return seen === 0 ? 1 : common / seen
}
