import quickselect from 'quickselect'

/**
 * The value that would stand at `rank` (from 0) were the values sorted, in time that grows with their
 * number only (Floyd and Rivest 1975). Rearranges them. NaN must not be among them.
 */
export function selectRank(values: Float32Array, rank: number): number {
  // Typed for arrays, but all it does is index: a copy into one would cost what is saved.
  quickselect(values as unknown as number[], rank)
  return values[rank]!
}
