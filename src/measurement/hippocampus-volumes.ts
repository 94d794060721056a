/** Side of the body. 'unknown' is said rather than guessed. */
export type Side = 'left' | 'right' | 'unknown'

/** Volumes of one hippocampus, cubic millimetres. */
export interface HippocampusVolumes {
  readonly side: Side
  readonly anteriorMm3: number
  readonly posteriorMm3: number
  readonly totalMm3: number
}
