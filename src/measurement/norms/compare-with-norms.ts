import type { HippocampusVolumes } from '../hippocampus-volumes.ts'
import type { IntracranialVolume } from '../intracranial-volume.ts'
import { intracranialVolumeVersion } from '../intracranial-volume-version.ts'
import type { Calibration } from './calibration.ts'
import { expectVolume, type NormedPerson } from './expected-volume.ts'
import { findCalibration } from './find-calibration.ts'
import type { Norms, NormsSource } from './norms.ts'
import { type PlacedVolume, placeVolume } from './place-volume.ts'
import { defaultAlarmPercentile, rateStanding, type Standing } from './rate-standing.ts'
import { findEndOfNorms } from './where-norms-end.ts'

/** Facts about the person and the measurement. */
export interface NormsQuestion {
  readonly volumes: readonly HippocampusVolumes[]
  readonly ageYears: number | undefined
  readonly sex: 'F' | 'M' | 'O' | undefined
  readonly intracranialVolume: IntracranialVolume | undefined
  /** Tesla. */
  readonly fieldStrength: number | undefined
  readonly model: { readonly name: string; readonly version: string }
}

/** One hippocampus and its parts compared with people of the same age, sex and head size. */
export interface SideComparison extends PlacedVolume {
  readonly side: 'left' | 'right'
  readonly standing: Standing
  /** Absent if the calibration has no parts. */
  readonly parts?: { readonly anterior: PlacedVolume; readonly posterior: PlacedVolume }
}

/** Both sides compared with norms, with facts about the norms; or why there is no comparison. */
export type NormativeComparison =
  | {
      readonly compared: true
      readonly normsId: string
      readonly source: NormsSource
      readonly calibration: Calibration
      /** Percentile below which a volume is called small. */
      readonly alarmPercentile: number
      readonly person: NormedPerson
      readonly sides: readonly SideComparison[]
    }
  | { readonly compared: false; readonly sentence: string }

const litres = (mm3: number) => (mm3 / 1e6).toFixed(2)

/** Why these norms cannot be used; undefined if they can. */
function findObstacle(norms: Norms, question: NormsQuestion): string | undefined {
  const { ageYears, sex, intracranialVolume: icv, fieldStrength } = question
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
    return 'The size of the head is unknown: the intracranial volume can only be measured in a whole head.'
  }
  const range = norms.intracranialVolumeMm3
  if (icv.mm3 < range.minimum || icv.mm3 > range.maximum) {
    return `The intracranial volume of ${litres(icv.mm3)} litres is outside what the norms cover (${litres(range.minimum)} to ${litres(range.maximum)}).`
  }
  return findEndOfNorms(norms, {
    ageYears: ageYears!,
    sex: sex as 'F' | 'M',
    intracranialVolumeMm3: icv.mm3,
    fieldStrength,
  })
}

/** The matching calibration, or why there is none. */
function requireCalibration(
  { calibrations, source, kind }: Norms,
  model: NormsQuestion['model'],
): Calibration | string {
  const calibration = findCalibration(calibrations, model)
  if (calibration === undefined) {
    return `How volumes of the model ${model.name} ${model.version} relate to those of the norms (${source.method}) has not been measured.`
  }
  const { icvVersion = intracranialVolumeVersion } = calibration
  if (kind === 'regression' && icvVersion !== intracranialVolumeVersion) {
    return `The norms were calibrated for ${model.name} ${model.version} with another method of estimating head size (${icvVersion}, now ${intracranialVolumeVersion}): calibrate them again.`
  }
  return calibration
}

function compareSide(
  norms: Norms,
  { side, totalMm3, anteriorMm3, posteriorMm3 }: HippocampusVolumes,
  person: NormedPerson,
  icvStandardError: number,
  calibration: Calibration,
): SideComparison | undefined {
  if (side === 'unknown') return undefined
  const expected = expectVolume(norms, side, person)
  if (expected === undefined) return undefined
  const place = { ...person, side }
  const { whole, parts } = calibration
  const placeIn = (volumeMm3: number, fit: Calibration['whole']) =>
    placeVolume(volumeMm3, expected, calibration, fit, place, icvStandardError)
  const placed = placeIn(totalMm3, whole)
  return {
    side,
    ...placed,
    standing: rateStanding(placed.zScore, norms.alarmPercentile ?? defaultAlarmPercentile),
    ...(parts && {
      parts: {
        anterior: placeIn(anteriorMm3, parts.anterior),
        posterior: placeIn(posteriorMm3, parts.posterior),
      },
    }),
  }
}

/**
 * Compares volumes with norms for age, sex and intracranial volume. The 95 % intervals include the
 * errors of calibration, head size, site and scan. If age, sex, head size, side or a calibration of
 * the model is missing, or the norms are not valid for the person, it returns a sentence with the
 * reason.
 */
export function compareWithNorms(norms: Norms, question: NormsQuestion): NormativeComparison {
  const none = (sentence: string) => ({ compared: false, sentence }) as const
  const { volumes, model, intracranialVolume: icv } = question
  if (volumes.length === 0) return none('No volume was measured.')
  const obstacle = findObstacle(norms, question)
  if (obstacle !== undefined) return none(obstacle)
  const calibration = requireCalibration(norms, model)
  if (typeof calibration === 'string') return none(calibration)
  const person: NormedPerson = {
    ageYears: question.ageYears!,
    sex: question.sex as 'F' | 'M',
    intracranialVolumeMm3: norms.kind === 'nomogram' ? undefined : icv?.mm3,
    fieldStrength: question.fieldStrength,
  }
  const sides = volumes.flatMap(
    (one) => compareSide(norms, one, person, icv?.standardErrorMm3 ?? 0, calibration) ?? [],
  )
  if (sides.length === 0) {
    return none(
      volumes.every(({ side }) => side === 'unknown')
        ? 'The data do not state which side was measured.'
        : `The norms (${norms.source.name}) have no table for this sex and side.`,
    )
  }
  return {
    compared: true,
    normsId: norms.id,
    source: norms.source,
    calibration,
    alarmPercentile: norms.alarmPercentile ?? defaultAlarmPercentile,
    person,
    sides,
  }
}
