import type { LocalizationDoubt } from './head-localization.ts'
import { determinant, multiply, nearestRotation, type Pose, transpose } from './pose.ts'

/** Below this correlation with the template, a match is not a T1-weighted head. */
const leastScore = 0.6
/** In other contrasts, grey and white matter agree with the template less than this. */
const leastTissueScore = 0.35
/** The same with both blurred to 4 mm, which is robust to noise. */
const leastBlurredTissueScore = 0.57
/** A larger share of the brain in a few intensity bins indicates a map, not an image. */
const mostInFewValues = 0.6
/** With less of the brain in view, a match can be random. */
const leastCoverage = 0.5
/** Intracranial volumes of adults and children lie between, with room for the estimate's error, mm3. */
const intracranialMm3 = [700_000, 2_600_000] as const
/** Greatest stretch or shear of a head relative to the template and its mean size. */
const greatestStretch = 0.3

const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1]

/** Findings at a registration's position. */
export interface RegistrationSigns {
  readonly pose: Pose
  /** Correlation with the template, of the whole brain and of grey and white matter alone. */
  readonly score: number
  readonly tissueScore: number
  /** Correlation of grey and white matter alone where head and template are blurred to 4 mm. */
  readonly blurredTissueScore: number
  /** Share of the template's brain in the field of view. */
  readonly coverage: number
  /** Share of the brain in a few intensity bins. */
  readonly fewValues: number
}

function stretchOf({ matrix }: Pose, rotation: readonly number[]): number {
  const size = Math.cbrt(determinant(matrix))
  const shape = multiply(transpose(rotation), matrix)
  return Math.max(...shape.map((value, i) => Math.abs(value / size - identity[i]!)))
}

/** Why a registration is not reliable; undefined if it is. `mm3` is its intracranial volume. */
export function findDoubt(signs: RegistrationSigns, mm3: number): LocalizationDoubt | undefined {
  const { pose, score, coverage, tissueScore, blurredTissueScore, fewValues } = signs
  const [least, greatest] = intracranialMm3
  if (score < leastScore) return 'unlike'
  if (coverage < leastCoverage) return 'coverage'
  if (mm3 < least || mm3 > greatest) return 'size'
  if (stretchOf(pose, nearestRotation(pose.matrix)) > greatestStretch) return 'shape'
  if (fewValues > mostInFewValues) return 'map'
  const showsTissue =
    tissueScore >= leastTissueScore || blurredTissueScore >= leastBlurredTissueScore
  return showsTissue ? undefined : 'contrast'
}
