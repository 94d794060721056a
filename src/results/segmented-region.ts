import { type Code, codes } from '../dicom/codes.ts'
import type { LabelledRegion } from '../measurement/hippocampus-labels.ts'
import type { Side } from '../measurement/hippocampus-volumes.ts'
import { nameHippocampus } from '../measurement/name-hippocampus.ts'

/** A part of one hippocampus that a label map marks, measured. */
export interface SegmentedRegion extends LabelledRegion {
  readonly volumeMm3: number
  readonly standardErrorMm3?: number | undefined
}

const sideCodes: Readonly<Record<Side, Code | undefined>> = {
  left: codes.left,
  right: codes.right,
  unknown: undefined,
}

/** CID 244; undefined where the side is not known: no code is better than a guessed one. */
export function lateralityOf(side: Side): Code | undefined {
  return sideCodes[side]
}

/** CID 2. */
export function modifierOf(part: SegmentedRegion['part']): Code {
  return codes[part]
}

/** What a hippocampus of this side is called in labels. */
export function labelHippocampus(side: Side): string {
  const name = nameHippocampus(side)
  return `${name[0]!.toUpperCase()}${name.slice(1)}`
}

/** What a region is called; also its tracking identifier, the same in segmentation and report. */
export function nameRegion({ side, part }: SegmentedRegion): string {
  return `${labelHippocampus(side)}, ${part}`
}
