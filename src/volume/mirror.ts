import { reorderValues } from './axis-order.ts'
import type { Vector3 } from './grid.ts'

/**
 * Values mirrored along one axis of their grid (0 columns, 1 rows, 2 slices) while the grid stays:
 * a left hippocampus looks like a right one and vice versa.
 */
export function mirrorValues<Values extends Float32Array | Uint8Array>(
  values: Values,
  dimensions: Vector3,
  axis: 0 | 1 | 2,
): Values {
  return reorderValues(values, dimensions, {
    axes: [0, 1, 2],
    flips: [axis === 0, axis === 1, axis === 2],
  })
}
