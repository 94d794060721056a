import { codes } from '../../dicom/codes.ts'
import type { DicomInstance } from '../../dicom/dicom-instance.ts'
import type { SliceFacts } from '../../dicom/slice-facts.ts'
import type { LabelMap } from '../../volume/grid.ts'
import { findSourceFrames } from '../source-frames.ts'
import { type ContentItem, type ImageReference, imageItem } from './content-item.ts'

/** Sources of a measurement. */
export interface MeasurementSources {
  /** The reference image. */
  readonly image: ImageReference
  /** The segments it was computed from; absent if it does not come from segments. */
  readonly segments?: ImageReference | undefined
}

/** Slice of a label map with most of these labels; the middle one if none has any. */
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

/** The image, or frame of one, with most of these labels. */
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

/** TID 1501: the reference image of a group. */
export function sourceOfGroup({ image }: MeasurementSources): ContentItem {
  return imageItem('CONTAINS', codes.source, image)
}

/** TID 300, which includes TID 320: the sources of a measurement. */
export function sourceOfNumber({ image, segments }: MeasurementSources): ContentItem {
  return imageItem('INFERRED FROM', codes.sourceOfMeasurement, segments ?? image)
}
