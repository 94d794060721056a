import type { LabelMap } from '../../volume/grid.ts'
import { findLabelledRange } from '../../volume/labelled-range.ts'
import type { SegmentedRegion } from '../segmented-region.ts'

/** First and last slice with any of the regions. */
export interface SliceRange {
  readonly first: number
  readonly last: number
}

/** The slices a segmentation covers, or undefined if no region has a voxel. */
export function findSliceRange(
  { dimensions, labels }: LabelMap,
  regions: readonly SegmentedRegion[],
): SliceRange | undefined {
  const [columns, rows] = dimensions
  const sliceOf = (voxel: number) => Math.floor(voxel / (columns * rows))
  const wanted = regions.map(({ label }) => label)
  const { first, end } = findLabelledRange(labels, wanted)
  return first === end ? undefined : { first: sliceOf(first), last: sliceOf(end - 1) }
}

/** A frame to write: which segment on which slice of the label map. */
export interface PlannedFrame {
  readonly segmentNumber: number
  readonly label: number
  readonly slice: number
  /** Rank of the slice among those written, from 1, ascending along the normal. */
  readonly rank: number
}

/**
 * Every region on every slice from the first to the last of them all, empty ones included: readers
 * refuse or hang on segments with gaps (highdicom issue 214, OHIF issues 2833 and 3991).
 */
export function planFrames(
  regions: readonly SegmentedRegion[],
  { first, last }: SliceRange,
): readonly PlannedFrame[] {
  return regions.flatMap(({ label }, index) =>
    Array.from({ length: last - first + 1 }, (_, offset) => ({
      segmentNumber: index + 1,
      label,
      slice: first + offset,
      rank: offset + 1,
    })),
  )
}
