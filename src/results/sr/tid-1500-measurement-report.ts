import { codes } from '../../dicom/codes.ts'
import type { Impression } from '../../impression/write-impression.ts'
import type { ResultMakers } from '../common-modules.ts'
import { type ContentItem, codeContentItem, containerItem, textItem } from './content-item.ts'
import { observationContext } from './tid-1001-observation-context.ts'
import { languageOfContent } from './tid-1204-language.ts'
import { type MeasuredSegment, volumetricRoi } from './tid-1411-volumetric-roi.ts'
import { asymmetryGroup, type MeasuredAsymmetry } from './tid-1501-asymmetry.ts'
import {
  intracranialVolumeGroup,
  type MeasuredIntracranialVolume,
} from './tid-1501-intracranial-volume.ts'
import { longitudinalGroup, type MeasuredSideChange } from './tid-1501-longitudinal.ts'
import { type MeasuredTotal, totalVolumeGroup } from './tid-1501-measurement-group.ts'
import { type MeasuredOccupancy, occupancyGroup } from './tid-1501-occupancy.ts'
import { imageLibrary, type LibraryImages } from './tid-1600-image-library.ts'

/** The content of a measurement report. */
export interface MeasurementReportContent {
  readonly library: LibraryImages
  readonly segments: readonly MeasuredSegment[]
  readonly totals: readonly MeasuredTotal[]
  /** Of a whole head. */
  readonly intracranialVolume?: MeasuredIntracranialVolume | undefined
  /** For two sides. */
  readonly asymmetry?: MeasuredAsymmetry | undefined
  /** Of the sides whose temporal horn has a volume. */
  readonly occupancies: readonly MeasuredOccupancy[]
  /** Sentences to paste, in a language of their own. */
  readonly impression?: Impression | undefined
  /** Since an earlier study, of each side and of both. */
  readonly changes?: readonly MeasuredSideChange[] | undefined
  /** Notes for the reader, the first that it is research. */
  readonly comments: readonly string[]
}

/** The impression (CID 7002) with its language. */
function impressionItem({ text, language }: Impression): ContentItem {
  const { code: value, name: meaning } = language
  return textItem('CONTAINS', codes.impression, text, [languageOfContent({ value, meaning })])
}

/** TID 1500 Measurement Report, with one function per template of PS3.16. */
export function measurementReport(
  {
    library,
    segments,
    totals,
    intracranialVolume,
    asymmetry,
    occupancies,
    impression,
    changes,
    comments,
  }: MeasurementReportContent,
  makers: ResultMakers,
): ContentItem {
  // TID 1500 Row 1
  return containerItem(
    undefined,
    codes.imagingMeasurementReport,
    [
      // TID 1500 Row 2
      languageOfContent(),
      // TID 1500 Row 3
      ...observationContext(makers),
      // TID 1500 Row 4
      codeContentItem('HAS CONCEPT MOD', codes.procedureReported, codes.brainMri),
      // TID 1500 Row 5
      imageLibrary(library),
      // TID 1500 Row 6
      containerItem('CONTAINS', codes.imagingMeasurements, [
        // TID 1500 Row 8
        ...segments.map((segment) => volumetricRoi(segment, makers)),
        // TID 1500 Row 9
        ...totals.map((total) => totalVolumeGroup(total, makers)),
        ...(intracranialVolume ? [intracranialVolumeGroup(intracranialVolume, makers)] : []),
        ...(asymmetry ? [asymmetryGroup(asymmetry, makers)] : []),
        ...occupancies.map(occupancyGroup),
        ...(changes ?? []).map((change) => longitudinalGroup(change, makers)),
      ]),
      // TID 1500 Row 12
      containerItem('CONTAINS', codes.qualitativeEvaluations, [
        // TID 1500 Row 14
        ...(impression ? [impressionItem(impression)] : []),
        ...comments.map((comment) => textItem('CONTAINS', codes.comment, comment)),
      ]),
    ],
    '1500',
  )
}
