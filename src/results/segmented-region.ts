import { type Code, codes } from '../dicom/codes.ts'
import type { LabelledRegion } from '../measurement/hippocampus-labels.ts'
import type { Side } from '../measurement/hippocampus-volumes.ts'
import { nameHippocampus } from '../measurement/name-hippocampus.ts'
import type { ResultMakers } from './common-modules.ts'

interface Measured {
  readonly volumeMm3: number
  readonly standardErrorMm3?: number | undefined
}

/** A measured part of one hippocampus in a label map. */
export interface HippocampusRegion extends LabelledRegion, Measured {}

/** A measured temporal horn in a label map. */
export interface HornRegion extends Measured {
  readonly label: number
  readonly side: Side
  readonly part: 'temporal-horn'
  /** The network that segmented it. */
  readonly model: ResultMakers['model']
}

/** The content of a segment. */
export type SegmentedRegion = HippocampusRegion | HornRegion

/** The structure that a region is or is a part of. */
export function structureOf({ part }: SegmentedRegion): Code {
  return part === 'temporal-horn' ? codes.temporalHorn : codes.hippocampus
}

const sideCodes: Readonly<Record<Side, Code | undefined>> = {
  left: codes.left,
  right: codes.right,
  unknown: undefined,
}

/** CID 244; undefined if the side is unknown: no code is better than a guess. */
export function lateralityOf(side: Side): Code | undefined {
  return sideCodes[side]
}

/** The network that segmented a region: that of the result unless it has its own. */
export function modelOf(region: SegmentedRegion, makers: ResultMakers): ResultMakers['model'] {
  return 'model' in region ? region.model : makers.model
}

/** CID 2; undefined for whole structures. */
export function modifierOf(part: SegmentedRegion['part']): Code | undefined {
  return part === 'temporal-horn' ? undefined : codes[part]
}

/** Label of a hippocampus of this side. */
export function labelHippocampus(side: Side): string {
  const name = nameHippocampus(side)
  return `${name[0]!.toUpperCase()}${name.slice(1)}`
}

/** Label of the temporal horn of this side. */
export function labelHorn(side: Side): string {
  return side === 'unknown'
    ? 'Temporal horn'
    : `${side === 'left' ? 'Left' : 'Right'} temporal horn`
}

/** Label of a region; also its tracking identifier, the same in segmentation and report. */
export function nameRegion({ side, part }: SegmentedRegion): string {
  if (part === 'temporal-horn') return labelHorn(side)
  return `${labelHippocampus(side)}, ${part}`
}
