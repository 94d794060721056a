import type { Affine, Vector3, Volume } from '../volume/grid.ts'
import { determinantOf, invertAffine } from '../volume/patient-affine.ts'
import { scale } from '../volume/vector3.ts'
import { makeMatch } from './correlate.ts'
import type { FatRemoval } from './even-brightness.ts'
import { findDoubt, type RegistrationSigns } from './find-doubt.ts'
import { type HeadLevels, makeLevels, type PreparedHead, prepareHead } from './head-levels.ts'
import type { HeadLocalization } from './head-localization.ts'
import { correlateTissue, shareOfFewValues } from './judge-appearance.ts'
import { placeHippocampi } from './place-hippocampi.ts'
import { nearestRotation, roundPose, toAffine } from './pose.ts'
import { type Registration, registerHead, shadeMatch } from './register-head.ts'
import { readTemplate } from './template.ts'

const template = readTemplate()

const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1]
/** Result if the template fits nowhere. */
const nowhere: Finding = {
  pose: { matrix: identity, position: [0, 0, 0] },
  score: 0,
  coverage: 0,
  tissueScore: 0,
  blurredTissueScore: 0,
  fewValues: 1,
  centers: { left: [0, 0, 0], right: [0, 0, 0] },
}

/** A registration and the findings at its position. */
interface Finding extends RegistrationSigns {
  readonly centers: HeadLocalization['centers']
}

const roundScore = (score: number) => Math.round(score * 1e6) / 1e6

/**
 * Interprets a registration: axes, centres, and whether it is reliable. Values are rounded far
 * below their accuracy: the last bit of a sum or a power may depend on JIT optimisation and must
 * not reach a volume.
 */
function describe(finding: Finding): HeadLocalization {
  const { pose, score, coverage, centers } = finding
  const templateToPatient: Affine = toAffine(pose, template.center)
  const rotation = nearestRotation(pose.matrix)
  const axis = (i: 0 | 1 | 2): Vector3 => [rotation[i]!, rotation[3 + i]!, rotation[6 + i]!]
  const intracranialVolumeMm3 = template.intracranialVolumeMm3 * determinantOf(templateToPatient)
  const why = findDoubt(finding, intracranialVolumeMm3)
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

function lookAt(volume: Volume, levels: HeadLevels, registered: Registration): Finding {
  const pose = roundPose(registered.pose)
  const [sharp, middle] = template.levels
  // At the surface of the brain its surroundings are visible, too.
  const inner = { ...registered.even, points: sharp.pickInner(1) }
  const blurred = shadeMatch(
    makeMatch(middle.pickInner(1), template.center, levels.middle),
    pose,
    3,
  )
  return {
    pose,
    score: roundScore(registered.score),
    coverage: roundScore(registered.coverage),
    tissueScore: correlateTissue(inner, pose),
    blurredTissueScore: correlateTissue(blurred, pose),
    fewValues: shareOfFewValues(volume, sharp.pickInner(2), template.center, pose),
    centers: placeHippocampi(registered.even, pose, template),
  }
}

/** Finds the hippocampi with one way of suppressing fat. */
function locateWithout(volume: Volume, head: PreparedHead, fat: FatRemoval): HeadLocalization {
  const [sharp, middle, blurred] = template.levels
  const smoothings = [sharp.smoothingMm, middle.smoothingMm, blurred.smoothingMm] as const
  const levels = makeLevels(head, smoothings, fat)
  const registered = levels && registerHead(levels, template)
  return describe(
    levels === undefined || registered === undefined ? nowhere : lookAt(volume, levels, registered),
  )
}

/**
 * Finds both hippocampi in a T1-weighted head of any orientation, spacing and field of view, with or
 * without skull, by registering it to an average head (models/head-template). The same volume gives the
 * same result. Takes up to a second, twice as long if the first search fails; a Localizer runs it off the event loop.
 * Throws PIXEL_DATA_INVALID where no intensity is a number, GEOMETRY_INVALID for a flat grid.
 */
export function locateHippocampi(volume: Volume): HeadLocalization {
  const head = prepareHead(volume)
  const first = locateWithout(volume, head, 'out')
  if (first.found) return first
  // Either way of suppressing fat fails in some heads, hardly ever both.
  const second = locateWithout(volume, head, 'down')
  return second.found || second.score > first.score ? second : first
}
