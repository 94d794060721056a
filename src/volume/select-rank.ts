import quickselect from 'quickselect'

/**
 * The value at `rank` (from 0) in sorted order, in linear time (Floyd and Rivest 1975). Rearranges
 * the values, which must not contain NaN.
 */
export function selectRank(values: Float32Array, rank: number): number {
  // Typed for arrays, but it only indexes: a copy into an array would cost what is saved.
  quickselect(values as unknown as number[], rank)
  return values[rank]!
}
