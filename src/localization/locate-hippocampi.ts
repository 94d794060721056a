import type { Affine, Vector3, Volume } from '../volume/grid.ts'
import { determinantOf, invertAffine, voxelToPatient } from '../volume/patient-affine.ts'
import { scale } from '../volume/vector3.ts'
import { makeLevels } from './head-levels.ts'
import type { HeadLocalization, LocalizationDoubt } from './head-localization.ts'
import {
  determinant,
  multiply,
  nearestRotation,
  type Pose,
  roundPose,
  toAffine,
  transpose,
} from './pose.ts'
import type { RefinedPose } from './refine-pose.ts'
import { registerHead } from './register-head.ts'
import { readTemplate } from './template.ts'

const template = readTemplate()

/** A match less like the template than this is no T1-weighted head. */
const leastScore = 0.6
/** With less of the brain in view a match can be chance. */
const leastCoverage = 0.5
/** Intracranial volumes of adults and children lie between, with room for the estimate's error, mm3. */
const intracranialMm3 = [700_000, 2_600_000] as const
/** Greatest stretch or shear of a head against the template, next to its mean size. */
const greatestStretch = 0.3

const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1]
const nowhere: RefinedPose = {
  pose: { matrix: identity, position: [0, 0, 0] },
  score: 0,
  coverage: 0,
}

function stretchOf({ matrix }: Pose, rotation: readonly number[]): number {
  const size = Math.cbrt(determinant(matrix))
  const shape = multiply(transpose(rotation), matrix)
  return Math.max(...shape.map((value, i) => Math.abs(value / size - identity[i]!)))
}

const roundScore = (score: number) => Math.round(score * 1e6) / 1e6

/**
 * Reads a registration: axes, centres, and whether it may be believed. What lies far below its accuracy
 * is cut off: the last bit of a sum or a power may depend on what the engine has optimised, and must not
 * reach a volume.
 */
function describe(registered: RefinedPose): HeadLocalization {
  const pose = roundPose(registered.pose)
  const [score, coverage] = [roundScore(registered.score), roundScore(registered.coverage)]
  const templateToPatient: Affine = toAffine(pose, template.center)
  const rotation = nearestRotation(pose.matrix)
  const axis = (i: 0 | 1 | 2): Vector3 => [rotation[i]!, rotation[3 + i]!, rotation[6 + i]!]
  const place = (point: Vector3) => voxelToPatient(templateToPatient, point)
  const intracranialVolumeMm3 = template.intracranialVolumeMm3 * determinantOf(templateToPatient)
  const [least, greatest] = intracranialMm3
  const doubt: LocalizationDoubt | undefined =
    score < leastScore
      ? 'unlike'
      : coverage < leastCoverage
        ? 'coverage'
        : intracranialVolumeMm3 < least || intracranialVolumeMm3 > greatest
          ? 'size'
          : stretchOf(pose, rotation) > greatestStretch
            ? 'shape'
            : undefined
  return {
    score,
    found: doubt === undefined,
    doubt,
    patientToTemplate: invertAffine(templateToPatient),
    headAxes: { right: scale(axis(0), -1), anterior: scale(axis(1), -1), superior: axis(2) },
    centers: { left: place(template.hippocampi.left), right: place(template.hippocampi.right) },
    intracranialVolumeMm3,
    brainCoverage: coverage,
  }
}

/**
 * Finds both hippocampi in a T1-weighted head of any orientation, spacing and field of view, with or
 * without skull, by registering it to an average head (models/head-template). The same volume gives the
 * same answer. Heavy: a good part of a second; off the event loop it is a Localizer's work.
 * Throws PIXEL_DATA_INVALID where an intensity is not a number, GEOMETRY_INVALID for a flat grid.
 */
export function locateHippocampi(volume: Volume): HeadLocalization {
  const [sharp, middle, blurred] = template.levels
  const levels = makeLevels(volume, [sharp.smoothingMm, middle.smoothingMm, blurred.smoothingMm])
  const registered = levels && registerHead(levels, template)
  return describe(registered ?? nowhere)
}
