import type { HippocampusVolumes } from '../hippocampus-volumes.ts'
import { expectVolume } from './expected-volume.ts'
import type { RegressionNorms } from './norms.ts'

/** A measured person, for a calibration. */
export interface CalibrationPerson {
  readonly id: string
  readonly site: string
  /**
   * Empty for healthy people; people of other groups determine slopes and spread, but not the
   * level.
   */
  readonly group: string
  readonly ageYears: number
  readonly sex: 'F' | 'M'
  readonly icvMm3: number
  /** Tesla. */
  readonly fieldStrength: number | undefined
  readonly left: Omit<HippocampusVolumes, 'side'>
  readonly right: Omit<HippocampusVolumes, 'side'>
  /** Volumes by the method of the norms: whole hippocampi, and the intracranial volume if known. */
  readonly reference?: {
    readonly leftMm3: number
    readonly rightMm3: number
    /** NaN where unknown. */
    readonly etivMm3: number
  }
}

/** Whole hippocampus, or one of its parts. */
export type Structure = 'whole' | 'anterior' | 'posterior'

const keys = { whole: 'totalMm3', anterior: 'anteriorMm3', posterior: 'posteriorMm3' } as const

/** One person's volumes of a structure relative to the norms for a whole hippocampus. */
export interface LogRatios {
  readonly site: string
  readonly group: string
  /** Years and litres from the pivots. */
  readonly years: number
  readonly litres: number
  /** ln (volume / expected), left and right. */
  readonly logs: readonly [left: number, right: number]
  /** Expected volume over the norms' residual standard deviation, left and right. */
  readonly precisions: readonly [left: number, right: number]
  /** z-scores by the method of the norms, if it measured this person, too. */
  readonly theirs?: readonly [left: number, right: number]
}

export interface Pivots {
  readonly agePivot: number
  readonly icvPivotMm3: number
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length

/** Means of age and head size: there, level and slopes of a fit are nearly independent. */
export function choosePivots(people: readonly CalibrationPerson[]): Pivots {
  return {
    agePivot: Number(mean(people.map(({ ageYears }) => ageYears)).toFixed(1)),
    icvPivotMm3: Math.round(mean(people.map(({ icvMm3 }) => icvMm3)) / 1000) * 1000,
  }
}

/** Logarithms of the ratios of a structure's volumes to the norms' expected whole hippocampus. */
export function takeLogRatios(
  people: readonly CalibrationPerson[],
  structure: Structure,
  norms: RegressionNorms,
  { agePivot, icvPivotMm3 }: Pivots,
): LogRatios[] {
  return people.map((person) => {
    const of = (side: 'left' | 'right') => {
      const expect = (mm3: number) =>
        expectVolume(norms, side, { ...person, intracranialVolumeMm3: mm3 })!
      const expected = expect(person.icvMm3)
      const deviation = expected.volumeAt(1) - expected.medianMm3
      const volume = person[side][keys[structure]]
      const { reference } = person
      if (reference === undefined) {
        return {
          log: Math.log(volume / expected.medianMm3),
          precision: expected.medianMm3 / deviation,
        }
      }
      // The expected volume of this person is known: the other method's volume, adjusted from its
      // head size to ours.
      const theirs = expect(reference.etivMm3 > 0 ? reference.etivMm3 : person.icvMm3)
      const theirVolume = reference[side === 'left' ? 'leftMm3' : 'rightMm3']
      return {
        log: Math.log((volume / theirVolume) * (theirs.medianMm3 / expected.medianMm3)),
        precision: expected.medianMm3 / deviation,
        z: theirs.zOf(theirVolume),
      }
    }
    const [left, right] = [of('left'), of('right')]
    return {
      site: person.site,
      group: person.group,
      years: person.ageYears - agePivot,
      litres: (person.icvMm3 - icvPivotMm3) / 1e6,
      logs: [left.log, right.log],
      precisions: [left.precision, right.precision],
      ...(left.z !== undefined && right.z !== undefined && { theirs: [left.z, right.z] as const }),
    }
  })
}
