import type { Grid, Vector3 } from '../../src/volume/grid.ts'
import { affineColumn, affineFromColumns, voxelToPatient } from '../../src/volume/patient-affine.ts'
import { toVector3 } from '../../src/volume/vector3.ts'

function turn([x, y, z]: Vector3, degrees: Vector3): Vector3 {
  const [a, b, c] = degrees.map((d) => (d * Math.PI) / 180) as [number, number, number]
  const [y1, z1] = [y * Math.cos(a) - z * Math.sin(a), y * Math.sin(a) + z * Math.cos(a)]
  const [x2, z2] = [x * Math.cos(b) + z1 * Math.sin(b), z1 * Math.cos(b) - x * Math.sin(b)]
  return [x2 * Math.cos(c) - y1 * Math.sin(c), x2 * Math.sin(c) + y1 * Math.cos(c), z2]
}

/** A grid rotated about its centre (degrees about the LPS axes) and moved (LPS mm). */
export function moveGrid(grid: Grid, degrees: Vector3, mm: Vector3): Grid {
  const size = toVector3(grid.dimensions.map((n) => (n - 1) / 2))
  const middle = voxelToPatient(grid.affine, size)
  const step = (axis: number) => turn(affineColumn(grid.affine, axis), degrees)
  const steps = [step(0), step(1), step(2)] as const
  const origin = toVector3(
    [0, 1, 2].map(
      (i) => middle[i]! + mm[i]! - steps.reduce((sum, one, k) => sum + one[i]! * size[k]!, 0),
    ),
  )
  return { dimensions: grid.dimensions, affine: affineFromColumns(steps, origin) }
}
