/** What two scans of one hippocampus in one space tell of its change, percent of its volume; loss is negative. */
export interface ChangeSigns {
  /** How tissue moved: the divergence of its flow within the outlines. */
  readonly moved: number
  /** How far voxels within the outlines went from grey matter towards fluid; back is positive. */
  readonly fluidWithin: number
  /** How far they went from white towards grey matter. */
  readonly greyWithin: number
  /** The first of the two voxels around the outlines. */
  readonly fluidAround: number
  readonly greyAround: number
  /** By the model's outlines in both, each volume a sum of probabilities. */
  readonly outlined: number
}

/** The change of one hippocampus, or of both together, between two studies. */
export interface SideChange {
  readonly side: 'left' | 'right' | 'both'
  /** Of the volume at the earlier study; negative is loss. */
  readonly percent: number
  /** Ends of its 95 % interval. */
  readonly lower: number
  readonly upper: number
  /** The same a year; absent where the studies lie too close to each other. */
  readonly percentPerYear?: number | undefined
  readonly lowerPerYear?: number | undefined
  readonly upperPerYear?: number | undefined
}

/** The change measured by holding the images of an earlier study against those of this one. */
export interface LongitudinalChange {
  /** The earlier study. */
  readonly studyInstanceUid: string
  /** DICOM DA; empty where dates are not to be shown. */
  readonly studyDate: string
  /** Between the studies. */
  readonly years: number
  /** Left, right and both; empty where it could not be measured. */
  readonly sides: readonly SideChange[]
  /** Code of why it could not be measured; absent where it was. */
  readonly reason?: string | undefined
  /** What was measured, or why not, in plain words. */
  readonly sentence: string
}

/** An earlier study as a result names it. */
export type EarlierMoment = Pick<LongitudinalChange, 'studyInstanceUid' | 'studyDate' | 'years'>
