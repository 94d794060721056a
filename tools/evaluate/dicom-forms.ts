import {
  findAxisOrder,
  type Orientation,
  orientationOf,
  reorderGrid,
  reorderValues,
} from '../../src/volume/axis-order.ts'
import type { Affine, Grid, LabelMap, Vector3, Volume } from '../../src/volume/grid.ts'
import { affineColumn, affineFromColumns } from '../../src/volume/patient-affine.ts'
import { toVector3 } from '../../src/volume/vector3.ts'

/** One way in which a scanner might write a crop; voxel values never change. */
export interface DicomForm {
  readonly name: string
  /** Directions in which columns, rows and slices increase. */
  readonly orientation: Orientation
  /** Rotation of the whole crop in the patient, degrees about x, y and z. */
  readonly turn: Vector3
}

export const dicomForms: readonly DicomForm[] = [
  { name: 'axial', orientation: ['L', 'P', 'S'], turn: [0, 0, 0] },
  { name: 'oblique', orientation: ['L', 'P', 'S'], turn: [20, -12, 9] },
  { name: 'sagittal', orientation: ['P', 'I', 'L'], turn: [0, 0, 0] },
  { name: 'flipped', orientation: ['L', 'P', 'I'], turn: [0, 0, 0] },
]

function turnVector([x, y, z]: Vector3, degrees: Vector3): Vector3 {
  const [a, b, c] = degrees.map((d) => (d * Math.PI) / 180) as [number, number, number]
  const [y1, z1] = [y * Math.cos(a) - z * Math.sin(a), y * Math.sin(a) + z * Math.cos(a)]
  const [x2, z2] = [x * Math.cos(b) + z1 * Math.sin(b), z1 * Math.cos(b) - x * Math.sin(b)]
  return [x2 * Math.cos(c) - y1 * Math.sin(c), x2 * Math.sin(c) + y1 * Math.cos(c), z2]
}

/** The affine with rotated axes; the first voxel stays in place. */
export function turnAffine(affine: Affine, degrees: Vector3): Affine {
  const step = (axis: number) => turnVector(affineColumn(affine, axis), degrees)
  return affineFromColumns([step(0), step(1), step(2)], affineColumn(affine, 3))
}

/** The crop in this form. */
export function layOut(volume: Volume, form: DicomForm): Volume {
  // The order is determined before the rotation, so that no rotation can change it.
  const order = findAxisOrder(volume.affine, form.orientation)
  const grid = reorderGrid(volume, order)
  return {
    dimensions: grid.dimensions,
    affine: turnAffine(grid.affine, form.turn),
    intensities: reorderValues(volume.intensities, volume.dimensions, order),
  }
}

/** Labels of a form that was read back, in the order of the crop's own voxels. */
export function bringBack(read: LabelMap, form: DicomForm, original: Grid): Uint8Array {
  const back = toVector3(form.turn.map((degrees) => -degrees))
  // Rotated back about z, y, x.
  const upright = [
    [0, 0, back[2]],
    [0, back[1], 0],
    [back[0], 0, 0],
  ].reduce((affine, turn) => turnAffine(affine, toVector3(turn)), read.affine)
  const order = findAxisOrder(upright, orientationOf(original.affine))
  return reorderValues(read.labels, read.dimensions, order)
}
