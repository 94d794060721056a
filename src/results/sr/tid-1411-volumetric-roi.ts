import { codes } from '../../dicom/codes.ts'
import type { ResultMakers } from '../common-modules.ts'
import { modelOf, modifierOf, type SegmentedRegion, structureOf } from '../segmented-region.ts'
import {
  type ContentItem,
  containerItem,
  type ImageReference,
  imageItem,
  numberItem,
  uidReferenceItem,
} from './content-item.ts'
import { findingSite, groupHead, type Tracking } from './group-head.ts'
import {
  type ComparedVolume,
  measurementUncertainty,
  populationProperties,
  roundVolume,
} from './tid-310-measurement-properties.ts'
import { algorithmIdentification } from './tid-4019-algorithm-identification.ts'

/** One segment and its measurements. */
export interface MeasuredSegment extends Tracking {
  readonly region: SegmentedRegion
  readonly segment: ImageReference
  readonly sourceSeriesInstanceUid: string
  /** Comparison with healthy people, if known. */
  readonly compared?: ComparedVolume | undefined
}

/** TID 1411 Volumetric ROI Measurements and Qualitative Evaluations: the volume of one segment. */
export function volumetricRoi(measured: MeasuredSegment, makers: ResultMakers): ContentItem {
  const { region, segment, sourceSeriesInstanceUid } = measured
  // TID 1411 Row 1
  return containerItem(
    'CONTAINS',
    codes.measurementGroup,
    [
      // TID 1411 Rows 2 to 3b
      ...groupHead(measured, structureOf(region)),
      // TID 1411 Row 7
      imageItem('CONTAINS', codes.referencedSegment, segment),
      // TID 1411 Row 12
      uidReferenceItem('CONTAINS', codes.sourceSeriesForSegmentation, sourceSeriesInstanceUid),
      // TID 1411 Row 15, which includes TID 1419
      findingSite(structureOf(region), region.side, modifierOf(region.part)),
      // TID 1419 Row 5
      numberItem('CONTAINS', codes.volume, roundVolume(region.volumeMm3), codes.cubicMillimeter, [
        // TID 1419 includes TID 310
        ...(measured.compared === undefined ? [] : populationProperties(measured.compared)),
        ...measurementUncertainty(region.standardErrorMm3),
        // TID 1419 Row 20
        ...algorithmIdentification({ model: modelOf(region, makers) }),
      ]),
    ],
    '1411',
  )
}
