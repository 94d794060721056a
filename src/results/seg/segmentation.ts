import type { DicomAttributes, DicomInstance } from '../../dicom/dicom-instance.ts'
import { readString } from '../../dicom/read-attributes.ts'
import type { SliceFacts } from '../../dicom/slice-facts.ts'
import { HippoError } from '../../errors.ts'
import type { LabelMap } from '../../volume/grid.ts'
import { generalSeriesModule } from '../common-modules.ts'
import type { EncodedResult } from '../encoded-result.ts'
import type { ResultTime } from '../result-time.ts'
import { makeDimensionUid, makeFrameOfReferenceUid } from '../result-uids.ts'
import type { SegmentedRegion } from '../segmented-region.ts'
import { findSourceFrames } from '../source-frames.ts'
import { lossyImageCompression } from '../source-images.ts'
import { type ResultInput, startResult } from '../start-result.ts'
import { type EncodedMasks, encodeMasks, maximumFractionalValue } from './encode-masks.ts'
import { perFrameFunctionalGroups, sharedFunctionalGroups } from './functional-groups.ts'
import { findSliceRange, planFrames } from './plan-frames.ts'
import { segmentSequence } from './segment-sequence.ts'

export const segmentationStorage = '1.2.840.10008.5.1.4.1.1.66.4'
const seriesNumber = 9001

export interface SegmentationInput extends ResultInput {
  /** On the source's own grid, slices in the order of `sourceSlices`. */
  readonly labelMap: LabelMap
  /** Source of each slice of the label map, sorted along the normal. */
  readonly sourceSlices: readonly SliceFacts[]
  /** The segments to write, in the order of their numbers. */
  readonly regions: readonly SegmentedRegion[]
}

/** Frame of Reference (PS3.3 C.7.4.1) of the source. */
export function frameOfReferenceModule(
  { dataset }: DicomInstance,
  sourceSeriesInstanceUid: string,
): DicomAttributes {
  return {
    FrameOfReferenceUID:
      readString(dataset, 'FrameOfReferenceUID') ??
      makeFrameOfReferenceUid(sourceSeriesInstanceUid),
    PositionReferenceIndicator: readString(dataset, 'PositionReferenceIndicator') ?? null,
  }
}

/** Segmentation Image (C.8.20.2) and Image Pixel (C.7.6.3), in either encoding. */
export function segmentationImageModule({ type, pixelData }: EncodedMasks): DicomAttributes {
  const bits = type === 'BINARY' ? 1 : 8
  return {
    ImageType: ['DERIVED', 'PRIMARY'],
    ContentLabel: 'HIPPOCAMPUS',
    ContentDescription: 'Anterior and posterior hippocampus, segmented automatically',
    ContentCreatorName: null,
    SegmentationType: type,
    ...(type === 'BINARY'
      ? {}
      : {
          SegmentationFractionalType: 'OCCUPANCY',
          MaximumFractionalValue: maximumFractionalValue,
        }),
    SegmentsOverlap: 'NO',
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    PixelRepresentation: 0,
    BitsAllocated: bits,
    BitsStored: bits,
    HighBit: bits - 1,
    PixelData: pixelData,
  }
}

const tags = {
  segmentIdentificationSequence: 0x0062000a,
  referencedSegmentNumber: 0x0062000b,
  planePositionSequence: 0x00209113,
  imagePositionPatient: 0x00200032,
} as const

/** Multi-frame Dimension (C.7.6.17): segment by segment, each from slice to slice. */
export function multiFrameDimensionModule(dimensionUid: string): DicomAttributes {
  const dimension = (index: number, group: number, label: string) => ({
    DimensionOrganizationUID: dimensionUid,
    DimensionIndexPointer: index,
    FunctionalGroupPointer: group,
    DimensionDescriptionLabel: label,
  })
  const { referencedSegmentNumber, segmentIdentificationSequence } = tags
  const { imagePositionPatient, planePositionSequence } = tags
  return {
    DimensionOrganizationSequence: [{ DimensionOrganizationUID: dimensionUid }],
    DimensionIndexSequence: [
      dimension(referencedSegmentNumber, segmentIdentificationSequence, 'Segment Number'),
      dimension(imagePositionPatient, planePositionSequence, 'Image Position Patient'),
    ],
  }
}

/** Common Instance Reference (C.12.2): all images of the source series. */
export function commonInstanceReferenceModule(
  sources: readonly DicomInstance[],
  sourceSeriesInstanceUid: string,
): DicomAttributes {
  return {
    ReferencedSeriesSequence: [
      {
        SeriesInstanceUID: sourceSeriesInstanceUid,
        ReferencedInstanceSequence: sources.map(({ sopClassUid, sopInstanceUid }) => ({
          ReferencedSOPClassUID: sopClassUid,
          ReferencedSOPInstanceUID: sopInstanceUid,
        })),
      },
    ],
  }
}

/** Attributes of Multi-frame Functional Groups (C.7.6.16) that are not sequences. */
function contentTime(time: ResultTime, frames: number): DicomAttributes {
  return { ContentDate: time.date, ContentTime: time.time, NumberOfFrames: frames }
}

/**
 * Writes the label map as a Segmentation (PS3.3 A.51) on the full grid of its source: Rows,
 * Columns, orientation and positions are the source images' own, so that a viewer aligns each frame
 * with its image. Equal input gives equal bytes, whatever the order of the sources.
 *
 * Throws DICOM_WRITE_REFUSED if the label map is not on the source's grid or is empty, and like
 * startResult.
 */
export function buildSegmentation(input: SegmentationInput): EncodedResult {
  const { identity, labelMap, regions, sourceSlices } = input
  const { sources, uids, time, encode } = startResult(input, 'seg')
  const frames = findSourceFrames(sourceSlices, sources)
  const { columns, rows } = frames[0]!.facts
  const range = findSliceRange(labelMap, regions)
  const isOnGrid = labelMap.dimensions.join() === [columns, rows, frames.length].join()
  if (range === undefined || !isOnGrid) {
    throw new HippoError(
      'DICOM_WRITE_REFUSED',
      range === undefined
        ? 'The segmentation cannot be written: it is empty.'
        : 'The segmentation cannot be written: its grid differs from that of its images.',
    )
  }
  const planned = planFrames(regions, range)
  const sourceSeries = identity.sourceSeriesInstanceUid
  return encode(segmentationStorage, {
    ...generalSeriesModule({
      modality: 'SEG',
      seriesInstanceUid: uids.seriesInstanceUid,
      seriesNumber,
      title: 'Hippocampus segmentation',
      time,
    }),
    ...frameOfReferenceModule(frames[0]!.instance, sourceSeries),
    ...contentTime(time, planned.length),
    ...segmentationImageModule(encodeMasks(labelMap.labels, rows * columns, planned)),
    Rows: rows,
    Columns: columns,
    ...lossyImageCompression(sources),
    SegmentSequence: segmentSequence(regions, identity, input),
    SharedFunctionalGroupsSequence: [sharedFunctionalGroups(frames)],
    PerFrameFunctionalGroupsSequence: perFrameFunctionalGroups(planned, frames),
    ...multiFrameDimensionModule(makeDimensionUid(identity)),
    ...commonInstanceReferenceModule(sources, sourceSeries),
  })
}
