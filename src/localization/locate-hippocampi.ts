import type { Affine, Vector3, Volume } from '../volume/grid.ts'
import { determinantOf, invertAffine } from '../volume/patient-affine.ts'
import { scale } from '../volume/vector3.ts'
import type { FatRemoval } from './even-brightness.ts'
import { makeLevels } from './head-levels.ts'
import type { HeadLocalization, LocalizationDoubt } from './head-localization.ts'
import { correlateTissue, shareOfFewValues } from './judge-appearance.ts'
import { placeHippocampi } from './place-hippocampi.ts'
import {
  determinant,
  multiply,
  nearestRotation,
  type Pose,
  roundPose,
  toAffine,
  transpose,
} from './pose.ts'
import { type Registration, registerHead } from './register-head.ts'
import { readTemplate } from './template.ts'

const template = readTemplate()

/** A match less like the template than this is no T1-weighted head. */
const leastScore = 0.6
/** Grey and white matter alone agree with the template's less than this in other contrasts. */
const leastTissueScore = 0.35
/** More of a brain than this in a few steps of intensity is a map, not an image. */
const mostInFewValues = 0.6
/** With less of the brain in view a match can be chance. */
const leastCoverage = 0.5
/** Intracranial volumes of adults and children lie between, with room for the estimate's error, mm3. */
const intracranialMm3 = [700_000, 2_600_000] as const
/** Greatest stretch or shear of a head against the template, next to its mean size. */
const greatestStretch = 0.3

const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1]
/** Where the template fits nowhere. */
const nowhere: Finding = {
  pose: { matrix: identity, position: [0, 0, 0] },
  score: 0,
  coverage: 0,
  tissueScore: 0,
  fewValues: 1,
  centers: { left: [0, 0, 0], right: [0, 0, 0] },
}

/** A registration and what was seen at its place. */
interface Finding {
  readonly pose: Pose
  readonly score: number
  readonly coverage: number
  readonly tissueScore: number
  readonly fewValues: number
  readonly centers: HeadLocalization['centers']
}

function stretchOf({ matrix }: Pose, rotation: readonly number[]): number {
  const size = Math.cbrt(determinant(matrix))
  const shape = multiply(transpose(rotation), matrix)
  return Math.max(...shape.map((value, i) => Math.abs(value / size - identity[i]!)))
}

const roundScore = (score: number) => Math.round(score * 1e6) / 1e6

function doubt(finding: Finding, mm3: number): LocalizationDoubt | undefined {
  const { pose, score, coverage, tissueScore, fewValues } = finding
  const [least, greatest] = intracranialMm3
  if (score < leastScore) return 'unlike'
  if (coverage < leastCoverage) return 'coverage'
  if (mm3 < least || mm3 > greatest) return 'size'
  if (stretchOf(pose, nearestRotation(pose.matrix)) > greatestStretch) return 'shape'
  if (fewValues > mostInFewValues) return 'map'
  return tissueScore < leastTissueScore ? 'contrast' : undefined
}

/**
 * Reads a registration: axes, centres, and whether it may be believed. What lies far below its accuracy
 * is cut off: the last bit of a sum or a power may depend on what the engine has optimised, and must not
 * reach a volume.
 */
function describe(finding: Finding): HeadLocalization {
  const { pose, score, coverage, centers } = finding
  const templateToPatient: Affine = toAffine(pose, template.center)
  const rotation = nearestRotation(pose.matrix)
  const axis = (i: 0 | 1 | 2): Vector3 => [rotation[i]!, rotation[3 + i]!, rotation[6 + i]!]
  const intracranialVolumeMm3 = template.intracranialVolumeMm3 * determinantOf(templateToPatient)
  const why = doubt(finding, intracranialVolumeMm3)
  return {
    score,
    found: why === undefined,
    doubt: why,
    patientToTemplate: invertAffine(templateToPatient),
    headAxes: { right: scale(axis(0), -1), anterior: scale(axis(1), -1), superior: axis(2) },
    centers,
    intracranialVolumeMm3,
    brainCoverage: coverage,
  }
}

function lookAt(volume: Volume, registered: Registration): Finding {
  const pose = roundPose(registered.pose)
  const [sharp] = template.levels
  // Where the brain ends, what lies around it is seen, too.
  const inner = { ...registered.even, points: sharp.pickInner(1) }
  return {
    pose,
    score: roundScore(registered.score),
    coverage: roundScore(registered.coverage),
    tissueScore: correlateTissue(inner, pose),
    fewValues: shareOfFewValues(volume, sharp.pickInner(2), template.center, pose),
    centers: placeHippocampi(registered.even, pose, template),
  }
}

/** Finds the hippocampi with one way of keeping fat from looking like brain. */
function locateWithout(volume: Volume, fat: FatRemoval): HeadLocalization {
  const [sharp, middle, blurred] = template.levels
  const smoothings = [sharp.smoothingMm, middle.smoothingMm, blurred.smoothingMm] as const
  const levels = makeLevels(volume, smoothings, fat)
  const registered = levels && registerHead(levels, template)
  return describe(registered === undefined ? nowhere : lookAt(volume, registered))
}

/**
 * Finds both hippocampi in a T1-weighted head of any orientation, spacing and field of view, with or
 * without skull, by registering it to an average head (models/head-template). The same volume gives the
 * same answer. Heavy: a good part of a second, twice as long for what is not found at once; off the event loop it is a Localizer's work.
 * Throws PIXEL_DATA_INVALID where no intensity is a number, GEOMETRY_INVALID for a flat grid.
 */
export function locateHippocampi(volume: Volume): HeadLocalization {
  const first = locateWithout(volume, 'out')
  if (first.found) return first
  // Either way of keeping fat from looking like brain fails in some heads, hardly ever both.
  const second = locateWithout(volume, 'down')
  return second.found || second.score > first.score ? second : first
}
