import { type Code, codes } from '../../dicom/codes.ts'
import type { LongitudinalChange, SideChange } from '../../measurement/longitudinal-change.ts'
import type { ResultMakers } from '../common-modules.ts'
import {
  type ContentItem,
  codeContentItem,
  containerItem,
  numberItem,
  textItem,
  uidReferenceItem,
} from './content-item.ts'
import { groupHead, type Tracking } from './group-head.ts'
import { algorithmIdentification } from './tid-4019-algorithm-identification.ts'

/** The change of one side, or of both together, with its tracking. */
export interface MeasuredSideChange extends Tracking {
  readonly change: Pick<LongitudinalChange, 'studyInstanceUid' | 'years'>
  readonly side: SideChange
}

const lateralities = {
  left: codes.left,
  right: codes.right,
  both: codes.rightAndLeft,
} as const

const round = (value: number) => Number(value.toFixed(2))

/** A change with the ends of its interval. */
function changeItem(
  name: Code,
  unit: Code,
  [value, lower, upper]: readonly [number, number, number],
  properties: readonly ContentItem[],
): ContentItem {
  return numberItem('CONTAINS', name, round(value), unit, [
    numberItem('HAS PROPERTIES', codes.intervalLower, round(lower), unit),
    numberItem('HAS PROPERTIES', codes.intervalUpper, round(upper), unit),
    ...properties,
  ])
}

/**
 * TID 1501 Measurement Group: the change of a hippocampus since an earlier study, in % and in % per
 * year.
 */
export function longitudinalGroup(measured: MeasuredSideChange, makers: ResultMakers): ContentItem {
  const { change, side } = measured
  const { percentPerYear, lowerPerYear, upperPerYear } = side
  const algorithm = algorithmIdentification(makers)
  // TID 1501 Row 1
  return containerItem(
    'CONTAINS',
    codes.measurementGroup,
    [
      // TID 1501 Rows 2 to 3b
      ...groupHead(measured),
      // TID 1501 Row 5
      codeContentItem('HAS CONCEPT MOD', codes.findingSite, codes.hippocampus, [
        codeContentItem('HAS CONCEPT MOD', codes.laterality, lateralities[side.side]),
      ]),
      // TID 1501 Row 10, which includes TID 300: TID 300 Row 1
      changeItem(
        codes.volumeChange,
        codes.percent,
        [side.percent, side.lower, side.upper],
        [
          textItem(
            'HAS PROPERTIES',
            codes.derivation,
            'Measured image against image in the half-way space of both studies.',
          ),
          ...algorithm,
        ],
      ),
      ...(percentPerYear === undefined || lowerPerYear === undefined || upperPerYear === undefined
        ? []
        : [
            changeItem(
              codes.volumeChangePerYear,
              codes.percentPerYear,
              [percentPerYear, lowerPerYear, upperPerYear],
              algorithm,
            ),
          ]),
      numberItem('CONTAINS', codes.timeBetween, round(change.years), codes.year),
      // TID 1501 Row 11
      uidReferenceItem('CONTAINS', codes.studyInstanceUid, change.studyInstanceUid),
    ],
    '1501',
  )
}
