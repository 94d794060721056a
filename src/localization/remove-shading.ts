import type { Grid, Vector3, Volume } from '../volume/grid.ts'
import {
  affineColumn,
  affineFromColumns,
  chainAffines,
  invertAffine,
  spacingOf,
  voxelToPatient,
} from '../volume/patient-affine.ts'
import { sampleTrilinear } from '../volume/resample.ts'
import { scale } from '../volume/vector3.ts'
import { type Pose, toAffine } from './pose.ts'
import { makeShadingAt, type Shading } from './shading.ts'

/** Shading changes slowly: it is computed at this spacing and interpolated linearly, mm. */
const fieldSpacingMm = 10

/** A coarser grid with the extent of the given one. */
function coarsen({ dimensions, affine }: Grid): Grid {
  const factors = spacingOf(affine).map((mm) => Math.max(1, fieldSpacingMm / mm))
  const step = (axis: 0 | 1 | 2) => scale(affineColumn(affine, axis), factors[axis]!)
  const size = (axis: 0 | 1 | 2) => Math.ceil((dimensions[axis] - 1) / factors[axis]!) + 1
  const dimensionsOf: Vector3 = [size(0), size(1), size(2)]
  return {
    dimensions: dimensionsOf,
    affine: affineFromColumns([step(0), step(1), step(2)], voxelToPatient(affine, [0, 0, 0])),
  }
}

function drawField(shading: Shading, grid: Grid, pose: Pose): Float32Array {
  const toTemplate = chainAffines(grid.affine, invertAffine(toAffine(pose, shading.center)))
  const at = makeShadingAt(shading)
  const [columns, rows, slices] = grid.dimensions
  const field = new Float32Array(columns * rows * slices)
  for (let k = 0, to = 0; k < slices; k++) {
    for (let j = 0; j < rows; j++) {
      for (let i = 0; i < columns; i++, to++)
        field[to] = at(...voxelToPatient(toTemplate, [i, j, k]))
    }
  }
  return field
}

/** The head with the shading found at a pose removed, clipped to `brightest`. */
export function removeShading(
  head: Volume,
  shading: Shading,
  pose: Pose,
  brightest: number,
): Volume {
  const coarse = coarsen(head)
  const field = sampleTrilinear(drawField(shading, coarse, pose), coarse, head, 'nearest')
  const { dimensions, affine, intensities } = head
  for (let i = 0; i < field.length; i++) {
    const even = intensities[i]! / field[i]!
    field[i] = even < brightest ? even : brightest
  }
  return { dimensions, affine, intensities: field }
}
