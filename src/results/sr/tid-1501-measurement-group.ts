import { codes } from '../../dicom/codes.ts'
import type { Side } from '../../measurement/hippocampus-volumes.ts'
import type { ResultMakers } from '../common-modules.ts'
import { type ContentItem, codeContentItem, containerItem, numberItem } from './content-item.ts'
import { groupHead, hippocampalSite, type Tracking } from './group-head.ts'
import { type MeasurementSources, sourceOfGroup, sourceOfNumber } from './measurement-sources.ts'
import {
  type ComparedVolume,
  measurementUncertainty,
  populationProperties,
  roundVolume,
} from './tid-310-measurement-properties.ts'
import { algorithmIdentification } from './tid-4019-algorithm-identification.ts'

/** A whole hippocampus, which has no segment. */
export interface MeasuredTotal extends Tracking {
  readonly side: Side
  readonly volumeMm3: number
  readonly sources: MeasurementSources
  readonly standardErrorMm3?: number | undefined
  /** Comparison with healthy people, if known. */
  readonly compared?: ComparedVolume | undefined
}

/** TID 1501 Measurement Group: the volume of a whole hippocampus, the total of its segments. */
export function totalVolumeGroup(total: MeasuredTotal, makers: ResultMakers): ContentItem {
  // TID 1501 Row 1
  return containerItem(
    'CONTAINS',
    codes.measurementGroup,
    [
      // TID 1501 Rows 2 to 3b
      ...groupHead(total),
      sourceOfGroup(total.sources),
      // TID 1501 Row 5
      hippocampalSite(total.side),
      // TID 1501 Row 10, which includes TID 300: TID 300 Row 1
      numberItem('CONTAINS', codes.volume, roundVolume(total.volumeMm3), codes.cubicMillimeter, [
        // TID 300 Row 4
        codeContentItem('HAS CONCEPT MOD', codes.derivation, codes.total),
        // TID 300 includes TID 310
        ...(total.compared === undefined ? [] : populationProperties(total.compared)),
        ...measurementUncertainty(total.standardErrorMm3),
        sourceOfNumber(total.sources),
        // TID 300 Row 22
        ...algorithmIdentification(makers),
      ]),
    ],
    '1501',
  )
}
