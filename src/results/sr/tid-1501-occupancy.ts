import { codes } from '../../dicom/codes.ts'
import type { TemporalHorn } from '../../measurement/temporal-horn.ts'
import type { ResultMakers } from '../common-modules.ts'
import { type ContentItem, containerItem, numberItem } from './content-item.ts'
import { groupHead, hippocampalSite, type Tracking } from './group-head.ts'
import { type MeasurementSources, sourceOfGroup, sourceOfNumber } from './measurement-sources.ts'
import { algorithmIdentification } from './tid-4019-algorithm-identification.ts'

/** The occupancy of one side, with its tracking. */
export interface MeasuredOccupancy extends Tracking {
  readonly horn: Extract<TemporalHorn, { state: 'measured' }>
  /** The network that segmented the horn. */
  readonly model: ResultMakers['model']
  readonly sources: MeasurementSources
}

const round = (value: number) => Number(value.toFixed(3))

/** TID 1501 Measurement Group: the share of hippocampus and temporal horn that is hippocampus, 0 to 1. */
export function occupancyGroup(measured: MeasuredOccupancy): ContentItem {
  const { horn } = measured
  // TID 1501 Row 1
  return containerItem(
    'CONTAINS',
    codes.measurementGroup,
    [
      // TID 1501 Rows 2 to 3b
      ...groupHead(measured),
      sourceOfGroup(measured.sources),
      // TID 1501 Row 5
      hippocampalSite(horn.side),
      // TID 1501 Row 10, which includes TID 300: TID 300 Row 1
      numberItem('CONTAINS', codes.occupancyScore, round(horn.occupancy), codes.noUnits, [
        // TID 310 Row 5, CID 225: one standard error
        numberItem(
          'HAS PROPERTIES',
          codes.uncertaintyRange,
          round(horn.occupancyStandardError),
          codes.noUnits,
        ),
        sourceOfNumber(measured.sources),
        // TID 300 Row 22
        ...algorithmIdentification(measured),
      ]),
    ],
    '1501',
  )
}
