import { type Code, codes } from '../../dicom/codes.ts'
import type { Side } from '../../measurement/hippocampus-volumes.ts'
import { lateralityOf } from '../segmented-region.ts'
import { type ContentItem, codeContentItem, textItem, uidReferenceItem } from './content-item.ts'

/** Tracking of a structure across documents: a name for people and a UID for machines. */
export interface Tracking {
  readonly trackingId: string
  readonly trackingUid: string
}

/** A structure as finding site, with its side if known (TID 1419 Rows 2 to 4). */
export function findingSite(structure: Code, side: Side, modifier?: Code): ContentItem {
  const laterality = lateralityOf(side)
  const relationship = 'HAS CONCEPT MOD'
  // TID 1419 Row 2; in TID 1501 the same item is Row 5
  return codeContentItem(relationship, codes.findingSite, structure, [
    ...(laterality === undefined
      ? []
      : // TID 1419 Row 3
        [codeContentItem(relationship, codes.laterality, laterality)]),
    ...(modifier === undefined
      ? []
      : // TID 1419 Row 4
        [codeContentItem(relationship, codes.topographicalModifier, modifier)]),
  ])
}

/** The hippocampus as finding site. */
export function hippocampalSite(side: Side, modifier?: Code): ContentItem {
  return findingSite(codes.hippocampus, side, modifier)
}

/** The start of every measurement group (TID 1411 and 1501, Rows 2 to 3b). */
export function groupHead(
  { trackingId, trackingUid }: Tracking,
  finding: Code = codes.hippocampus,
): readonly ContentItem[] {
  return [
    // Row 2
    textItem('HAS OBS CONTEXT', codes.trackingIdentifier, trackingId),
    // Row 3: OHIF assumes that the first UIDREF of a group is this one
    uidReferenceItem('HAS OBS CONTEXT', codes.trackingUniqueIdentifier, trackingUid),
    // Row 3a
    codeContentItem('CONTAINS', codes.findingCategory, codes.anatomicalStructure),
    // Row 3b
    codeContentItem('CONTAINS', codes.finding, finding),
  ]
}
