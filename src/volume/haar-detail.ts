/**
 * The diagonal Haar wavelet of a cube of eight voxels, times the root of 8: what is left of it
 * without structures larger than two voxels. `at` is the cube's first voxel, `down` and `next` the
 * steps to the next row and slice.
 */
export function haarDetail(values: Float32Array, at: number, down: number, next: number): number {
  const far = at + next
  return (
    values[at]! -
    values[at + 1]! -
    values[at + down]! +
    values[at + down + 1]! -
    values[far]! +
    values[far + 1]! +
    values[far + down]! -
    values[far + down + 1]!
  )
}
