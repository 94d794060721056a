import { codes } from '../../dicom/codes.ts'
import type { DicomInstance } from '../../dicom/dicom-instance.ts'
import type { SliceFacts } from '../../dicom/slice-facts.ts'
import type { LabelMap } from '../../volume/grid.ts'
import { findSourceFrames } from '../source-frames.ts'
import { type ContentItem, type ImageReference, imageItem } from './content-item.ts'

/** What a number was measured on. */
export interface MeasurementSources {
  /** The image to look at. */
  readonly image: ImageReference
  /** The segments it was reckoned from; absent where it comes from no segment. */
  readonly segments?: ImageReference | undefined
}

/** Slice of a label map that shows most of these labels; the middle one where none shows any. */
function findFullestSlice({ dimensions, labels }: LabelMap, wanted: readonly number[]): number {
  const [columns, rows, slices] = dimensions
  const size = columns * rows
  const isWanted = new Uint8Array(256)
  for (const label of wanted) isWanted[label] = 1
  let best = { slice: Math.floor(slices / 2), count: 0 }
  for (let slice = 0; slice < slices; slice += 1) {
    let count = 0
    for (const label of labels.subarray(slice * size, (slice + 1) * size)) count += isWanted[label]!
    if (count > best.count) best = { slice, count }
  }
  return best.slice
}

/** The image, or the frame of one, on which most of these labels lie. */
export function findKeyImage(
  labelMap: LabelMap,
  sourceSlices: readonly SliceFacts[],
  sources: readonly DicomInstance[],
  wanted: readonly number[],
): ImageReference {
  const slice = sourceSlices[findFullestSlice(labelMap, wanted)]!
  const [{ instance, frameNumber }] = findSourceFrames([slice], sources) as [
    ReturnType<typeof findSourceFrames>[number],
  ]
  const { sopClassUid, sopInstanceUid } = instance
  return { sopClassUid, sopInstanceUid, frameNumber }
}

/** TID 1501: the image that a group is about. */
export function sourceOfGroup({ image }: MeasurementSources): ContentItem {
  return imageItem('CONTAINS', codes.source, image)
}

/** TID 300, which includes TID 320: what a number was inferred from. */
export function sourceOfNumber({ image, segments }: MeasurementSources): ContentItem {
  return imageItem('INFERRED FROM', codes.sourceOfMeasurement, segments ?? image)
}
