const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
const product = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, i) => sum + (value - mean(a)) * (b[i]! - mean(b)), 0)

/** Pearson's correlation of two lists of equal length. */
export function correlate(a: readonly number[], b: readonly number[]): number {
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b))
}

/**
 * Intraclass correlation of two methods on the same cases: two-way, absolute agreement, single measures
 * (ICC(A,1) of McGraw and Wong 1996).
 */
export function intraclass(a: readonly number[], b: readonly number[]): number {
  const n = a.length
  const rows = a.map((value, i) => (value + b[i]!) / 2)
  const columns = [mean(a), mean(b)] as const
  const grand = mean([...a, ...b])
  const betweenRows = (2 * rows.reduce((sum, row) => sum + (row - grand) ** 2, 0)) / (n - 1)
  const betweenColumns = n * columns.reduce((sum, column) => sum + (column - grand) ** 2, 0)
  const rest = [a, b].flatMap((method, m) =>
    method.map((value, i) => (value - rows[i]! - columns[m]! + grand) ** 2),
  )
  const error = rest.reduce((x, y) => x + y, 0) / (n - 1)
  return (betweenRows - error) / (betweenRows + error + (2 * (betweenColumns - error)) / n)
}
