import type { HippocampusVolumes } from '../hippocampus-volumes.ts'
import type { IntracranialVolume } from '../intracranial-volume.ts'
import { adaptToMethod } from './adapt-to-method.ts'
import { expectVolume, type NormedPerson } from './expected-volume.ts'
import { findMethodOffset } from './find-method-offset.ts'
import { shareBelow } from './normal-distribution.ts'
import type { MethodOffset, Norms, NormsSource } from './norms.ts'

/** What is known of the person and of how the volumes came about. */
export interface NormsQuestion {
  readonly volumes: readonly HippocampusVolumes[]
  readonly ageYears: number | undefined
  readonly sex: 'F' | 'M' | 'O' | undefined
  readonly intracranialVolume: IntracranialVolume | undefined
  /** Tesla. */
  readonly fieldStrength: number | undefined
  readonly model: { readonly name: string; readonly version: string }
}

/** A value with the ends of its 95 % interval. */
export interface Interval {
  readonly value: number
  readonly low: number
  readonly high: number
}

/**
 * One hippocampus against people of the same age, sex and head size. Volumes are on the scale of this
 * model, the norms' multiplied by the method offset.
 */
export interface SideComparison {
  readonly side: 'left' | 'right'
  readonly volumeMm3: number
  readonly expectedMm3: number
  readonly standardDeviationMm3: number
  /** 2.5th and 97.5th percentile of the norms. */
  readonly normalLowMm3: number
  readonly normalHighMm3: number
  readonly zScore: Interval
  /** 0 to 100. */
  readonly percentile: Interval
}

/** Both sides against norms, with what a reader must know of the norms; or why nothing is compared. */
export type NormativeComparison =
  | {
      readonly compared: true
      readonly normsId: string
      readonly source: NormsSource
      readonly offset: Omit<MethodOffset, 'model' | 'from' | 'below'>
      readonly person: NormedPerson
      readonly sides: readonly SideComparison[]
    }
  | { readonly compared: false; readonly sentence: string }

const ninetyFive = 1.96
const litres = (mm3: number) => (mm3 / 1e6).toFixed(2)

/** Why these norms cannot be asked; undefined when they can. */
function findObstacle(norms: Norms, question: NormsQuestion): string | undefined {
  const { ageYears, sex, intracranialVolume: icv } = question
  const missing = [
    ...(ageYears === undefined ? ['the age'] : []),
    ...(sex === 'F' || sex === 'M' ? [] : ['the sex (female or male)']),
  ]
  if (missing.length > 0) return `The study does not state ${missing.join(' and ')}.`
  const { minimum, maximum } = norms.ages
  if (ageYears! < minimum || ageYears! > maximum) {
    return `The norms (${norms.source.name}) cover ages of ${minimum} to ${maximum} years.`
  }
  if (norms.kind === 'nomogram') return undefined
  if (icv === undefined) {
    return 'The size of the head is not known: the intracranial volume can be measured in a whole head only.'
  }
  const range = norms.intracranialVolumeMm3
  if (icv.mm3 < range.minimum || icv.mm3 > range.maximum) {
    return `The intracranial volume of ${litres(icv.mm3)} litres is outside what the norms cover (${litres(range.minimum)} to ${litres(range.maximum)}).`
  }
  return undefined
}

function compareSide(
  norms: Norms,
  { side, totalMm3 }: HippocampusVolumes,
  person: NormedPerson,
  icvStandardError: number,
  offset: MethodOffset,
): SideComparison | undefined {
  if (side === 'unknown') return undefined
  const theirs = expectVolume(norms, side, person)
  if (theirs === undefined) return undefined
  const expected = adaptToMethod(theirs, offset)
  // Both errors move the volume against the norms; that of the offset is the same for every person.
  const error = Math.hypot(
    totalMm3 * offset.relativeStandardError,
    expected.perIntracranialMm3 * icvStandardError,
  )
  const [value, low, high] = [0, -ninetyFive, ninetyFive].map((times) =>
    expected.zOf(totalMm3 + times * error),
  ) as [number, number, number]
  const percentOf = (z: number) => 100 * shareBelow(z)
  return {
    side,
    volumeMm3: totalMm3,
    expectedMm3: expected.medianMm3,
    standardDeviationMm3: (expected.volumeAt(1) - expected.volumeAt(-1)) / 2,
    normalLowMm3: expected.volumeAt(-ninetyFive),
    normalHighMm3: expected.volumeAt(ninetyFive),
    zScore: { value, low, high },
    percentile: { value: percentOf(value), low: percentOf(low), high: percentOf(high) },
  }
}

/**
 * Volumes against norms for age, sex and intracranial volume. The intervals (95 %) carry the errors of the
 * method offset and of the intracranial volume, not that of the segmentation. Says in a sentence why
 * nothing is compared where age, sex, head size, side or an offset for the model is missing, or where the
 * person lies outside the norms.
 */
export function compareWithNorms(norms: Norms, question: NormsQuestion): NormativeComparison {
  const none = (sentence: string) => ({ compared: false, sentence }) as const
  const { volumes, model, intracranialVolume: icv } = question
  if (volumes.length === 0) return none('No volume was measured.')
  const obstacle = findObstacle(norms, question)
  if (obstacle !== undefined) return none(obstacle)
  const offset = findMethodOffset(norms.methodOffsets, model)
  if (offset === undefined) {
    return none(
      `How volumes of the model ${model.name} ${model.version} relate to those of the norms (${norms.source.method}) has not been measured.`,
    )
  }
  const person: NormedPerson = {
    ageYears: question.ageYears!,
    sex: question.sex as 'F' | 'M',
    intracranialVolumeMm3: norms.kind === 'nomogram' ? undefined : icv?.mm3,
    fieldStrength: question.fieldStrength,
  }
  const sides = volumes.flatMap(
    (one) => compareSide(norms, one, person, icv?.standardErrorMm3 ?? 0, offset) ?? [],
  )
  if (sides.length === 0) {
    return none(
      volumes.every(({ side }) => side === 'unknown')
        ? 'The data do not say which side was measured.'
        : `The norms (${norms.source.name}) have no table for this sex and side.`,
    )
  }
  const { ratio, relativeStandardError, relativeScatter, basis } = offset
  return {
    compared: true,
    normsId: norms.id,
    source: norms.source,
    offset: { ratio, relativeStandardError, relativeScatter, basis },
    person,
    sides,
  }
}
