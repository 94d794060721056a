/**
 * Solves a symmetric positive definite system (matrix row-major) by Cholesky's decomposition;
 * undefined if it is not numerically positive definite.
 */
export function solveLinear(
  matrix: Float64Array,
  right: Float64Array,
  size: number,
): Float64Array | undefined {
  const lower = new Float64Array(size * size)
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * size + column]!
      for (let k = 0; k < column; k++) sum -= lower[row * size + k]! * lower[column * size + k]!
      if (row !== column) lower[row * size + column] = sum / lower[column * size + column]!
      else if (sum > 1e-13 * matrix[row * size + row]!) lower[row * size + row] = Math.sqrt(sum)
      else return undefined
    }
  }
  const solution = right.slice()
  for (let row = 0; row < size; row++) {
    for (let k = 0; k < row; k++) solution[row]! -= lower[row * size + k]! * solution[k]!
    solution[row]! /= lower[row * size + row]!
  }
  for (let row = size - 1; row >= 0; row--) {
    for (let k = row + 1; k < size; k++) solution[row]! -= lower[k * size + row]! * solution[k]!
    solution[row]! /= lower[row * size + row]!
  }
  return solution
}

/**
 * Solves the normal equations of a least-squares fit, given only the diagonal and upper triangle of
 * the matrix; the rest is filled here. `ridge` is the relative increase of the diagonal.
 */
export function solveNormal(
  normal: Float64Array,
  right: Float64Array,
  size: number,
  ridge = 0,
): Float64Array | undefined {
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < row; column++) {
      normal[row * size + column] = normal[column * size + row]!
    }
    normal[row * size + row]! *= 1 + ridge
  }
  return solveLinear(normal, right, size)
}
