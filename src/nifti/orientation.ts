import { HippoError } from '../errors.ts'
import type { Orientation } from '../volume/axis-order.ts'
import type { Affine, Vector3 } from '../volume/grid.ts'
import { affineFromColumns, spacingOf } from '../volume/patient-affine.ts'

/** Unit steps towards each direction, LPS. */
const directions: Readonly<Record<string, Vector3>> = {
  L: [1, 0, 0],
  R: [-1, 0, 0],
  P: [0, 1, 0],
  A: [0, -1, 0],
  S: [0, 0, 1],
  I: [0, 0, -1],
}

/** Three letters, such as RAS: the directions in which columns, rows and slices increase. */
export function nameOrientation(orientation: Orientation): string {
  return orientation.join('')
}

/**
 * Three letters (RAS, LAS, PSR and the like; case does not matter) with the directions in which
 * columns, rows and slices increase. Throws REQUEST_INVALID.
 */
export function parseOrientation(text: string): Orientation {
  const letters = [...text.trim().toUpperCase()]
  const axes = letters.map((letter) => directions[letter]?.findIndex((step) => step !== 0))
  if (letters.length === 3 && !axes.includes(undefined) && new Set(axes).size === 3) {
    return letters as unknown as Orientation
  }
  throw new HippoError(
    'REQUEST_INVALID',
    `"${text}" is not an orientation. Give three letters, one of L and R, one of A and P, one of S and I, such as LAS: the directions in which columns, rows and slices increase.`,
  )
}

/** An affine (to LPS millimetres) with the same voxel sizes and the axes given by the letters. */
export function orientAffine(affine: Affine, orientation: Orientation): Affine {
  const spacing = spacingOf(affine)
  const step = (axis: 0 | 1 | 2): Vector3 => {
    const [x, y, z] = directions[orientation[axis]]!
    return [x * spacing[axis], y * spacing[axis], z * spacing[axis]]
  }
  return affineFromColumns([step(0), step(1), step(2)], [0, 0, 0])
}
