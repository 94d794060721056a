/**
 * A copy without the zeros, in the same order. A loop: `filter` with a callback per voxel is ten
 * times slower.
 */
export function dropZeros(intensities: Float32Array): Float32Array<ArrayBuffer> {
  const kept = new Float32Array(intensities.length)
  let count = 0
  for (let i = 0; i < intensities.length; i++) {
    const value = intensities[i]!
    if (value !== 0) kept[count++] = value
  }
  return kept.subarray(0, count)
}
