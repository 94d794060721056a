/** Indices of the voxels from the first to the last of any label: `first` to before `end`. */
export interface VoxelRange {
  readonly first: number
  readonly end: number
}

/**
 * The range of any of `wanted` in a label map, empty (first = end) if there is none. A head has
 * twelve million voxels with labels in only a few slices, and a Buffer's search is much faster than
 * a loop or an array's search.
 */
export function findLabelledRange(labels: Uint8Array, wanted: readonly number[]): VoxelRange {
  const bytes = Buffer.from(labels.buffer, labels.byteOffset, labels.length)
  const starts = wanted.map((label) => bytes.indexOf(label)).filter((at) => at !== -1)
  if (starts.length === 0) return { first: 0, end: 0 }
  return {
    first: Math.min(...starts),
    end: Math.max(...wanted.map((label) => bytes.lastIndexOf(label))) + 1,
  }
}
