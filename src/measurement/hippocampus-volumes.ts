/** Side of the body. 'unknown' is said rather than guessed. */
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
   * How far each volume is from what an expert would trace in the same images, as a standard deviation;
   * absent where the model's manifest does not say.
   */
  readonly standardErrorMm3?: VolumeErrors | undefined
}
