/** Indices of the voxels from the first to the last of any label: `first` to before `end`. */
export interface VoxelRange {
  readonly first: number
  readonly end: number
}

/**
 * Where any of `wanted` lies in a label map, empty (first = end) where none does. A head has twelve million
 * voxels, of which the labels lie within a few slices, and the native search is far quicker than a loop.
 */
export function findLabelledRange(labels: Uint8Array, wanted: readonly number[]): VoxelRange {
  const present = wanted.filter((label) => labels.includes(label))
  if (present.length === 0) return { first: 0, end: 0 }
  return {
    first: Math.min(...present.map((label) => labels.indexOf(label))),
    end: Math.max(...present.map((label) => labels.lastIndexOf(label))) + 1,
  }
}
