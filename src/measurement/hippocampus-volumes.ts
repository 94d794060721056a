/** Side of the body. 'unknown' instead of a guess. */
export type Side = 'left' | 'right' | 'unknown'

/** One standard error of each volume, cubic millimetres. */
export interface VolumeErrors {
  readonly anterior: number
  readonly posterior: number
  readonly total: number
}

/** Volumes of one hippocampus, cubic millimetres. */
export interface HippocampusVolumes {
  readonly side: Side
  readonly anteriorMm3: number
  readonly posteriorMm3: number
  readonly totalMm3: number
  /**
   * Standard error of each volume relative to an expert's tracing of the same images; absent if the
   * model's manifest does not define it.
   */
  readonly standardErrorMm3?: VolumeErrors | undefined
}
