import type { Grid, Vector3 } from './grid.ts'
import { chainAffines, invertAffine } from './patient-affine.ts'

/** A row of the target's voxels in the source's voxel indices. */
export interface TargetRow {
  /** Of its first voxel in the target's storage order. */
  readonly index: number
  readonly length: number
  readonly start: Vector3
  /** From one voxel to the next. */
  readonly step: Vector3
}

/**
 * Calls `visit` for each row of the target, in storage order. By row, because a call per voxel
 * would allocate numbers as objects.
 */
export function visitRows(source: Grid, target: Grid, visit: (row: TargetRow) => void): void {
  const m = chainAffines(target.affine, invertAffine(source.affine))
  const [columns, rows, slices] = target.dimensions
  const step: Vector3 = [m[0]!, m[4]!, m[8]!]
  for (let k = 0, index = 0; k < slices; k++) {
    for (let j = 0; j < rows; j++, index += columns) {
      const x = m[1]! * j + m[2]! * k + m[3]!
      const y = m[5]! * j + m[6]! * k + m[7]!
      const z = m[9]! * j + m[10]! * k + m[11]!
      visit({ index, length: columns, start: [x, y, z], step })
    }
  }
}
