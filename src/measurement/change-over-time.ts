import type { HippocampusVolumes, Side } from './hippocampus-volumes.ts'
import type { LongitudinalChange } from './longitudinal-change.ts'

/** One study of the patient with its measurements. */
export interface TimePoint {
  readonly studyInstanceUid: string
  /** DICOM DA, YYYYMMDD. */
  readonly studyDate: string
  /** Years before the study the result belongs to; 0 for that study itself. */
  readonly yearsBefore: number
  /** DICOM AS such as 061Y; undefined where the study does not say. */
  readonly age: string | undefined
  /** One entry per measured side, cubic millimetres. */
  readonly volumes: readonly HippocampusVolumes[]
  readonly intracranialVolumeMm3?: number | undefined
  readonly model: { readonly name: string; readonly version: string }
  readonly softwareVersion: string
  /** Such as "Siemens Skyra, 3 T, 1 x 1 x 1 mm"; undefined if the images do not state it. */
  readonly scanner: string | undefined
  /** False: shown, but left out of every rate. */
  readonly comparable: boolean
  /** Why it is not comparable; undefined if it is. */
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
  /** Number of time points, and years between the first and the last. */
  readonly timePoints: number
  readonly years: number
}

/**
 * A published mean rate of change of a group, for comparison; loss is negative as in RateOfChange.
 * `lower` and `upper` are the 95 % interval of the mean: individuals vary far more.
 */
export interface PublishedRate {
  /** The group, such as "healthy ageing". */
  readonly group: string
  readonly percentPerYear: number
  readonly lower?: number | undefined
  readonly upper?: number | undefined
  /** Author and year. */
  readonly source: string
}

/** An earlier study that could not be used, and why. */
export interface UnusedStudy {
  readonly studyInstanceUid: string
  /** DICOM DA. */
  readonly studyDate: string
  /** Such as IDENTITY_CONTRADICTED, MEASURING or NOT_MEASURABLE. */
  readonly reason: string
  readonly sentence: string
}

/** The comparison with a patient's earlier studies; never a diagnosis. */
export interface ChangeOverTime {
  /** Oldest first; the last is the study the result belongs to. */
  readonly timePoints: readonly TimePoint[]
  /** One per side and `both`, if comparable time points are far enough apart; else empty. */
  readonly rates: readonly RateOfChange[]
  /** Published rates for comparison; empty without a rate. */
  readonly published: readonly PublishedRate[]
  /** Oldest first. */
  readonly unused: readonly UnusedStudy[]
  /** The finding in plain words, or why there is none. */
  readonly sentence: string
  /** Intervals and published averages in words; absent without a rate. */
  readonly details?: string | undefined
  /** The change measured image against image since the oldest comparable study. */
  readonly longitudinal?: LongitudinalChange | undefined
}
