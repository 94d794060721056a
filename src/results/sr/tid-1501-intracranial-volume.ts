import { codes } from '../../dicom/codes.ts'
import type { IntracranialVolume } from '../../measurement/intracranial-volume.ts'
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
import { measurementUncertainty, round } from './tid-310-measurement-properties.ts'

/** An intracranial volume with its tracking. */
export interface MeasuredIntracranialVolume extends Tracking {
  readonly volume: IntracranialVolume
  readonly sources: MeasurementSources
}

/** The method of the intracranial volume: not the segmentation model, and approximate. */
function describeMethod({ standardErrorMm3 }: IntracranialVolume): string {
  const error = Math.round(standardErrorMm3 / 1000)
  return `affine registration to a template, standard error ${error} cm3`
}

/** TID 1501 Measurement Group: the intracranial volume. */
export function intracranialVolumeGroup(
  measured: MeasuredIntracranialVolume,
  { software }: ResultMakers,
): ContentItem {
  const { volume } = measured
  // TID 1501 Row 1
  return containerItem(
    'CONTAINS',
    codes.measurementGroup,
    [
      // TID 1501 Rows 2 to 3b
      ...groupHead(measured, codes.intracranialStructure),
      sourceOfGroup(measured.sources),
      // TID 1501 Row 5
      codeContentItem('HAS CONCEPT MOD', codes.findingSite, codes.intracranialStructure),
      // TID 1501 Row 10, which includes TID 300: TID 300 Row 1
      numberItem('CONTAINS', codes.volume, round(volume.mm3, 0), codes.cubicMillimeter, [
        ...measurementUncertainty(round(volume.standardErrorMm3, 0)),
        sourceOfNumber(measured.sources),
        // TID 300 Row 22, which includes TID 4019
        textItem('HAS CONCEPT MOD', codes.algorithmName, software.name),
        textItem('HAS CONCEPT MOD', codes.algorithmVersion, software.version),
        textItem('HAS CONCEPT MOD', codes.algorithmParameters, describeMethod(volume)),
      ]),
    ],
    '1501',
  )
}
