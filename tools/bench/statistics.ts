/** Median and 95th percentile by nearest rank. */
export function summarize(values: readonly number[]): { median: number; p95: number } {
  const sorted = values.toSorted((a, b) => a - b)
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
  return { median: rank(0.5), p95: rank(0.95) }
}

/** Median of the second half of a series less that of the first: what a leak would show. */
export function growthOf(sizes: readonly number[]): number {
  const half = Math.floor(sizes.length / 2)
  return summarize(sizes.slice(half)).median - summarize(sizes.slice(0, half)).median
}
