import type { Affine, Grid, Vector3 } from './grid.ts'
import { affineColumn, affineFromColumns, voxelToPatient } from './patient-affine.ts'
import { normalize, scale } from './vector3.ts'

/** A direction in the patient: towards Left, Right, Posterior, Anterior, Superior or Inferior. */
export type PatientDirection = 'L' | 'R' | 'P' | 'A' | 'S' | 'I'
export type Orientation = readonly [PatientDirection, PatientDirection, PatientDirection]

/**
 * How to rearrange a grid's axes without touching a value: axis i of the new grid is axis `axes[i]`
 * of the old one, walked backwards where `flips[i]` is true.
 */
export interface AxisOrder {
  readonly axes: Vector3
  readonly flips: readonly [boolean, boolean, boolean]
}

const patientAxes = { L: 0, R: 0, P: 1, A: 1, S: 2, I: 2 } as const
const positive = { L: true, R: false, P: true, A: false, S: true, I: false } as const
const names = [
  ['L', 'R'],
  ['P', 'A'],
  ['S', 'I'],
] as const
const permutations: readonly Vector3[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
]

/** The patient axis (0 x, 1 y, 2 z) each voxel axis runs along most closely, each used once. */
function matchPatientAxes(affine: Affine): Vector3 {
  const unit = [0, 1, 2].map((axis) => normalize(affineColumn(affine, axis)))
  const agreement = (order: Vector3) =>
    order.reduce((sum, patientAxis, axis) => sum + Math.abs(unit[axis]![patientAxis]!), 0)
  return permutations.reduce((best, next) => (agreement(next) > agreement(best) ? next : best))
}

/** Towards which side of the patient column, row and slice indices increase, to the nearest axis. */
export function orientationOf(affine: Affine): Orientation {
  const matched = matchPatientAxes(affine)
  const direction = (axis: 0 | 1 | 2): PatientDirection =>
    names[matched[axis] as 0 | 1 | 2][affineColumn(affine, axis)[matched[axis]]! < 0 ? 1 : 0]
  return [direction(0), direction(1), direction(2)]
}

/** The rearrangement that brings a grid's axes as close as they come to the wanted directions. */
export function findAxisOrder(affine: Affine, wanted: Orientation): AxisOrder {
  const present = orientationOf(affine)
  const find = (direction: PatientDirection) =>
    present.findIndex((candidate) => patientAxes[candidate] === patientAxes[direction])
  const axes: Vector3 = [find(wanted[0]), find(wanted[1]), find(wanted[2])]
  const flip = (i: 0 | 1 | 2) => positive[present[axes[i]]!] !== positive[wanted[i]]
  return { axes, flips: [flip(0), flip(1), flip(2)] }
}

/** The inverse order. */
export function invertAxisOrder(order: AxisOrder): AxisOrder {
  const find = (axis: number) => order.axes.indexOf(axis)
  const axes: Vector3 = [find(0), find(1), find(2)]
  return { axes, flips: [order.flips[axes[0]]!, order.flips[axes[1]]!, order.flips[axes[2]]!] }
}

/** The grid with its axes rearranged: the same voxels at the same places in the patient. */
export function reorderGrid(grid: Grid, order: AxisOrder): Grid {
  const { dimensions, affine } = grid
  const step = (i: 0 | 1 | 2) => scale(affineColumn(affine, order.axes[i]), order.flips[i] ? -1 : 1)
  const first: [number, number, number] = [0, 0, 0]
  order.axes.forEach((axis, i) => {
    if (order.flips[i]) first[axis] = dimensions[axis]! - 1
  })
  return {
    dimensions: [
      dimensions[order.axes[0]]!,
      dimensions[order.axes[1]]!,
      dimensions[order.axes[2]]!,
    ],
    affine: affineFromColumns([step(0), step(1), step(2)], voxelToPatient(affine, first)),
  }
}

/** The values of a grid of the given dimensions, moved to where `reorderGrid` puts their voxels. */
export function reorderValues<Values extends Float32Array | Uint8Array>(
  values: Values,
  dimensions: Vector3,
  order: AxisOrder,
): Values {
  const strides: Vector3 = [1, dimensions[0], dimensions[0] * dimensions[1]]
  const size = (i: 0 | 1 | 2) => dimensions[order.axes[i]]!
  const stride = (i: 0 | 1 | 2) => strides[order.axes[i]]! * (order.flips[i] ? -1 : 1)
  const start = (i: 0 | 1 | 2) => (order.flips[i] ? (size(i) - 1) * strides[order.axes[i]]! : 0)
  const [columns, rows, slices] = [size(0), size(1), size(2)]
  const [dc, dr, ds] = [stride(0), stride(1), stride(2)]
  const origin = start(0) + start(1) + start(2)
  const moved = new (values.constructor as new (length: number) => Values)(values.length)
  let to = 0
  for (let slice = 0; slice < slices; slice++) {
    for (let row = 0; row < rows; row++) {
      let from = origin + slice * ds + row * dr
      for (let column = 0; column < columns; column++, from += dc) moved[to++] = values[from]!
    }
  }
  return moved
}
