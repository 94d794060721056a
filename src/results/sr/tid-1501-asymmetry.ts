import { codes } from '../../dicom/codes.ts'
import type { Asymmetry } from '../../measurement/asymmetry.ts'
import type { ResultMakers } from '../common-modules.ts'
import {
  type ContentItem,
  codeContentItem,
  containerItem,
  numberItem,
  textItem,
} from './content-item.ts'
import { groupHead, type Tracking } from './group-head.ts'
import { type MeasurementSources, sourceOfGroup, sourceOfNumber } from './measurement-sources.ts'
import { algorithmIdentification } from './tid-4019-algorithm-identification.ts'

/** The asymmetry of two sides, with its tracking. */
export interface MeasuredAsymmetry extends Tracking {
  readonly asymmetry: Asymmetry
  readonly sources: MeasurementSources
}

/** The reference range of healthy people, TID 312 in words: it has a limit for each method. */
function describeRange({ reference }: Asymmetry): readonly ContentItem[] {
  if (reference === undefined) return []
  const limits = reference.limits.map(
    ({ method, share, percent }) =>
      `${Math.round(100 * share)} % of people within +-${percent} % by ${method}`,
  )
  const relationship = 'HAS PROPERTIES'
  return [
    // TID 312
    textItem(
      relationship,
      codes.normalRangeDescription,
      `${limits.join('; ')} (${reference.population}).`,
    ),
    textItem(relationship, codes.normalRangeAuthority, reference.citation),
  ]
}

/** TID 1501 Measurement Group: the asymmetry index of the two hippocampi, (L - R) / ((L + R) / 2) in %. */
export function asymmetryGroup(measured: MeasuredAsymmetry, makers: ResultMakers): ContentItem {
  const { asymmetry } = measured
  const index = Number(asymmetry.indexPercent.toFixed(2))
  // TID 1501 Row 1
  return containerItem(
    'CONTAINS',
    codes.measurementGroup,
    [
      // TID 1501 Rows 2 to 3b
      ...groupHead(measured),
      sourceOfGroup(measured.sources),
      // TID 1501 Row 5
      codeContentItem('HAS CONCEPT MOD', codes.findingSite, codes.hippocampus, [
        codeContentItem('HAS CONCEPT MOD', codes.laterality, codes.rightAndLeft),
      ]),
      // TID 1501 Row 10, which includes TID 300: TID 300 Row 1
      numberItem('CONTAINS', codes.asymmetryIndex, index, codes.percent, [
        ...describeRange(asymmetry),
        sourceOfNumber(measured.sources),
        // TID 300 Row 22
        ...algorithmIdentification(makers),
      ]),
    ],
    '1501',
  )
}
