/** Number of terms of a polynomial in three coordinates, by its order. */
export const termCounts = { 2: 10, 3: 20 } as const

/**
 * The terms of a polynomial at one place: of the second order in a row of ten, of the third in a row of
 * twenty, whose first ten are those of the second.
 */
export function fillTerms(row: Float64Array, x: number, y: number, z: number): void {
  row[0] = 1
  row[1] = x
  row[2] = y
  row[3] = z
  row[4] = x * x
  row[5] = x * y
  row[6] = x * z
  row[7] = y * y
  row[8] = y * z
  row[9] = z * z
  if (row.length === termCounts[2]) return
  row[10] = x * x * x
  row[11] = x * x * y
  row[12] = x * x * z
  row[13] = x * y * y
  row[14] = x * y * z
  row[15] = x * z * z
  row[16] = y * y * y
  row[17] = y * y * z
  row[18] = y * z * z
  row[19] = z * z * z
}
