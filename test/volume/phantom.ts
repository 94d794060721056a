import type { Grid, SlicePlane, Vector3, Volume } from '../../src/volume/grid.ts'
import { affineFromColumns, voxelToPatient } from '../../src/volume/patient-affine.ts'
import { cross, scale } from '../../src/volume/vector3.ts'

/** Rotation about x, then y, then z (degrees), applied to the three unit directions of a patient frame. */
export function rotatedDirections(degrees: Vector3): readonly [Vector3, Vector3, Vector3] {
  const [a, b, c] = degrees.map((d) => (d * Math.PI) / 180) as [number, number, number]
  const rotate = ([x, y, z]: Vector3): Vector3 => {
    const [x1, y1, z1] = [x, y * Math.cos(a) - z * Math.sin(a), y * Math.sin(a) + z * Math.cos(a)]
    const [x2, y2, z2] = [
      x1 * Math.cos(b) + z1 * Math.sin(b),
      y1,
      -x1 * Math.sin(b) + z1 * Math.cos(b),
    ]
    return [x2 * Math.cos(c) - y2 * Math.sin(c), x2 * Math.sin(c) + y2 * Math.cos(c), z2]
  }
  return [rotate([1, 0, 0]), rotate([0, 1, 0]), rotate([0, 0, 1])]
}

export function makeGrid(
  dimensions: Vector3,
  spacing: Vector3 = [1, 1, 1],
  degrees: Vector3 = [0, 0, 0],
  origin: Vector3 = [0, 0, 0],
): Grid {
  const [x, y, z] = rotatedDirections(degrees)
  const columns = [scale(x, spacing[0]), scale(y, spacing[1]), scale(z, spacing[2])] as const
  return { dimensions, affine: affineFromColumns(columns, origin) }
}

/** A volume whose intensity is a function of where the voxel lies in the patient (LPS mm). */
export function paint(grid: Grid, intensityAt: (point: Vector3) => number): Volume {
  const [columns, rows, slices] = grid.dimensions
  const intensities = new Float32Array(columns * rows * slices)
  let index = 0
  for (let k = 0; k < slices; k++) {
    for (let j = 0; j < rows; j++) {
      for (let i = 0; i < columns; i++) {
        intensities[index++] = intensityAt(voxelToPatient(grid.affine, [i, j, k]))
      }
    }
  }
  return { ...grid, intensities }
}

/** Evenly spaced slices of an oblique stack, each filled with its own number along the normal. */
export function makeSlices(
  count: number,
  options: { spacing?: number; degrees?: Vector3; origin?: Vector3; sizes?: [number, number] } = {},
): SlicePlane[] {
  const { spacing = 1, degrees = [0, 0, 0], origin = [-20, -30, -40], sizes = [4, 3] } = options
  const [rowCosines, columnCosines] = rotatedDirections(degrees)
  const normal = cross(rowCosines, columnCosines)
  return Array.from({ length: count }, (_, i) => ({
    id: `slice-${i}`,
    columns: sizes[0],
    rows: sizes[1],
    pixelSpacing: [0.8, 0.9] as const,
    imagePositionPatient: [
      origin[0] + normal[0] * spacing * i,
      origin[1] + normal[1] * spacing * i,
      origin[2] + normal[2] * spacing * i,
    ],
    rowCosines,
    columnCosines,
    sliceThickness: spacing,
    intensities: new Float32Array(sizes[0] * sizes[1]).fill(i),
  }))
}
