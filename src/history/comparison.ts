import type { Archive } from '../archive/archive.ts'
import type { ChangeOverTime } from '../measurement/change-over-time.ts'
import type { HippocampusVolumes } from '../measurement/hippocampus-volumes.ts'
import type { StudyHistory } from '../outcome/study-history.ts'
import type { SelectionRules, SeriesKind } from '../selection/series-choice.ts'
import type { SeriesFacts } from '../selection/series-facts.ts'

/** The facts of the current study that a comparison needs. */
export interface MeasuredStudy {
  readonly studyInstanceUid: string
  readonly series: readonly SeriesFacts[]
  readonly chosen: SeriesFacts
  readonly kind: SeriesKind
  readonly volumes: readonly HippocampusVolumes[]
  readonly intracranialVolumeMm3?: number | undefined
  readonly model: { readonly name: string; readonly version: string; readonly sha256: string }
  readonly softwareVersion: string
}

/** A study of the archive that is to be measured. */
export interface StudyToMeasure {
  readonly orthancStudyId: string
  readonly studyInstanceUid: string
  /** Its result must be renewed, because an earlier study has arrived that it does not mention. */
  readonly isRenewal?: boolean
}

/** Images of an earlier measured study that can be compared with those of this one. */
export interface EarlierImages {
  readonly studyInstanceUid: string
  /** DICOM DA, eight digits. */
  readonly studyDate: string
  /** Between that study and this one. */
  readonly years: number
  readonly source: SeriesFacts
}

export interface EarlierComparison {
  readonly change: ChangeOverTime
  /** Of the comparable studies, oldest first. */
  readonly images: readonly EarlierImages[]
  /** Earlier studies that must be measured, or measured again, before they can be compared. */
  readonly toMeasure: readonly StudyToMeasure[]
}

export interface ComparisonContext {
  readonly archive: Archive
  readonly history: Pick<StudyHistory, 'recentJobs'>
  readonly rules: SelectionRules
  /** Maximum number of earlier studies to check; the newest are used. */
  readonly maximumStudies: number
  /**
   * Whether earlier studies without a usable result may be measured; never if this one is such a
   * study.
   */
  readonly mayMeasure: boolean
  readonly signal: AbortSignal
}
