import type { HippocampusVolumes, Side } from './hippocampus-volumes.ts'
import type { LongitudinalChange } from './longitudinal-change.ts'

/** One study of the patient with what was measured of it. */
export interface TimePoint {
  readonly studyInstanceUid: string
  /** DICOM DA, YYYYMMDD. */
  readonly studyDate: string
  /** Years before the study the result belongs to; 0 for that study itself. */
  readonly yearsBefore: number
  /** DICOM AS such as 061Y; undefined where the study does not say. */
  readonly age: string | undefined
  /** One entry a side that was measured, cubic millimetres. */
  readonly volumes: readonly HippocampusVolumes[]
  readonly intracranialVolumeMm3?: number | undefined
  readonly model: { readonly name: string; readonly version: string }
  readonly softwareVersion: string
  /** Such as "Siemens Skyra, 3 T, 1 x 1 x 1 mm"; undefined where the images do not say. */
  readonly scanner: string | undefined
  /** False: shown, but left out of every rate. */
  readonly comparable: boolean
  /** Why it is not comparable; undefined where it is. */
  readonly sentence: string | undefined
}

/** Change of the volume of one hippocampus, or of both together. */
export interface RateOfChange {
  readonly side: Side | 'both'
  /** Percent a year of the volume at the first time point; negative is loss. */
  readonly percentPerYear: number
  /** 95 % interval of it, from the error of repeated scans. */
  readonly lower: number
  readonly upper: number
  /** How many time points it rests on, and the years between the first and the last. */
  readonly timePoints: number
  readonly years: number
}

/**
 * A published mean rate of change of a group, to hold a rate against; loss is negative as in RateOfChange.
 * `lower` and `upper` are the 95 % interval of the mean: single people differ from it by far more.
 */
export interface PublishedRate {
  /** Whom it was measured in, such as "healthy ageing". */
  readonly group: string
  readonly percentPerYear: number
  readonly lower?: number | undefined
  readonly upper?: number | undefined
  /** Author and year. */
  readonly source: string
}

/** An earlier study that tells nothing, and why. */
export interface UnusedStudy {
  readonly studyInstanceUid: string
  /** DICOM DA. */
  readonly studyDate: string
  /** Such as IDENTITY_CONTRADICTED, MEASURING or NOT_MEASURABLE. */
  readonly reason: string
  readonly sentence: string
}

/** What the earlier studies of a patient tell; never a diagnosis. */
export interface ChangeOverTime {
  /** Oldest first; the last is the study the result belongs to. */
  readonly timePoints: readonly TimePoint[]
  /** One a side and `both`, as far as there are comparable time points far enough apart; else empty. */
  readonly rates: readonly RateOfChange[]
  /** What a rate is to be held against; empty where there is no rate. */
  readonly published: readonly PublishedRate[]
  /** Oldest first. */
  readonly unused: readonly UnusedStudy[]
  /** In plain words what was found, or why nothing was. */
  readonly sentence: string
  /** Intervals and published averages in words; absent where there is no rate. */
  readonly details?: string | undefined
  /** Measured by holding the images of the oldest comparable study against those of this one. */
  readonly longitudinal?: LongitudinalChange | undefined
}
