import type { HeadLocalization } from '../../src/localization/head-localization.ts'
import { rotationAbout } from '../../src/localization/pose.ts'
import { findAxisOrder, reorderGrid, reorderValues } from '../../src/volume/axis-order.ts'
import type { Affine, Grid, Vector3, Volume } from '../../src/volume/grid.ts'
import {
  affineColumn,
  affineFromColumns,
  chainAffines,
  spacingOf,
  voxelToPatient,
} from '../../src/volume/patient-affine.ts'
import { scale, toVector3 } from '../../src/volume/vector3.ts'
import { seededRandom } from '../seeded-random.ts'
import { resampleVolume } from '../spoil-head/resample-volume.ts'

/** A head after an alteration, and the new position of a point of the head, LPS mm. */
export interface AlteredHead {
  readonly volume: Volume
  readonly move: (point: Vector3) => Vector3
  /** Left has become right. */
  readonly swapped?: boolean
}

export interface Alteration {
  readonly name: string
  readonly apply: (head: Volume, found: HeadLocalization) => AlteredHead
}

const stay = (point: Vector3) => point

const middleOf = ({ affine, dimensions: [c, r, s] }: Grid): Vector3 =>
  voxelToPatient(affine, [(c - 1) / 2, (r - 1) / 2, (s - 1) / 2])

/** Rotates the head about the centre of its grid, and samples it on the same grid. */
function turn(head: Volume, degrees: Vector3): AlteredHead {
  const r = rotationAbout(scale(degrees, Math.PI / 180))
  const c = middleOf(head)
  const row = (i: number) => {
    const [x, y, z] = [r[3 * i]!, r[3 * i + 1]!, r[3 * i + 2]!]
    return [x, y, z, c[i]! - x * c[0] - y * c[1] - z * c[2]]
  }
  const rotation: Affine = [...row(0), ...row(1), ...row(2), 0, 0, 0, 1]
  const turned: Volume = { ...head, affine: chainAffines(head.affine, rotation) }
  return { volume: resampleVolume(turned, head), move: (p) => voxelToPatient(rotation, p) }
}

/** Moves the field of view without moving the head: parts outside the view are lost. */
function shiftView(head: Volume, by: Vector3): AlteredHead {
  const { affine } = head
  const origin = affineColumn(affine, 3)
  const moved = affineFromColumns(
    [affineColumn(affine, 0), affineColumn(affine, 1), affineColumn(affine, 2)],
    [origin[0] + by[0], origin[1] + by[1], origin[2] + by[2]],
  )
  return {
    volume: resampleVolume(head, { dimensions: head.dimensions, affine: moved }),
    move: stay,
  }
}

export function respace(head: Volume, spacing: Vector3): AlteredHead {
  const old = spacingOf(head.affine)
  const factor = spacing.map((mm, axis) => mm / old[axis]!)
  const step = (axis: 0 | 1 | 2) => scale(affineColumn(head.affine, axis), factor[axis]!)
  const size = (axis: 0 | 1 | 2) => Math.floor(head.dimensions[axis] / factor[axis]!)
  const grid: Grid = {
    dimensions: [size(0), size(1), size(2)],
    affine: affineFromColumns([step(0), step(1), step(2)], voxelToPatient(head.affine, [0, 0, 0])),
  }
  return { volume: resampleVolume(head, grid), move: stay }
}

/** Intensities changed by where a voxel lies in the template's LPS mm. */
function repaint(
  head: Volume,
  found: HeadLocalization,
  paint: (value: number, place: Vector3) => number,
): AlteredHead {
  const toTemplate = chainAffines(head.affine, found.patientToTemplate)
  const [columns, rows] = head.dimensions
  const intensities = head.intensities.map((value, at) => {
    const row = Math.floor(at / columns)
    const voxel: Vector3 = [at % columns, row % rows, Math.floor(row / rows)]
    return paint(value, voxelToPatient(toTemplate, voxel))
  })
  return { volume: { ...head, intensities }, move: stay }
}

/** Keeps the part between two heights of the template, mm; the grid shrinks with it. */
function cutHeights(head: Volume, found: HeadLocalization, from: number, to: number): AlteredHead {
  const order = findAxisOrder(head.affine, ['L', 'P', 'S'])
  const grid = reorderGrid(head, order)
  const values = reorderValues(head.intensities, head.dimensions, order)
  const [columns, rows, slices] = grid.dimensions
  const toTemplate = chainAffines(grid.affine, found.patientToTemplate)
  const middle = (k: number): Vector3 => [(columns - 1) / 2, (rows - 1) / 2, k]
  const heights = Array.from({ length: slices }, (_, k) => voxelToPatient(toTemplate, middle(k))[2])
  const first = Math.max(
    0,
    heights.findIndex((mm) => mm >= from),
  )
  const last = heights.findLastIndex((mm) => mm <= to)
  const steps = [0, 1, 2].map((axis) => affineColumn(grid.affine, axis))
  const plane = columns * rows
  return {
    volume: {
      dimensions: [columns, rows, last - first + 1],
      affine: affineFromColumns(
        steps as unknown as readonly [Vector3, Vector3, Vector3],
        voxelToPatient(grid.affine, [0, 0, first]),
      ),
      intensities: values.slice(plane * first, plane * (last + 1)),
    },
    move: stay,
  }
}

function mirror(head: Volume): AlteredHead {
  const order = findAxisOrder(head.affine, ['L', 'P', 'S'])
  const grid = reorderGrid(head, order)
  const values = reorderValues(head.intensities, head.dimensions, order)
  const flipped = reorderValues(values, grid.dimensions, {
    axes: [0, 1, 2],
    flips: [true, false, false],
  })
  const middle = middleOf(grid)
  const step = affineColumn(grid.affine, 0)
  const square = step[0] ** 2 + step[1] ** 2 + step[2] ** 2
  const move = (point: Vector3): Vector3 => {
    const along = step.reduce((sum, mm, i) => sum + mm * (point[i]! - middle[i]!), 0) / square
    return toVector3([0, 1, 2].map((i) => point[i]! - 2 * along * step[i]!))
  }
  return { volume: { ...grid, intensities: flipped }, move, swapped: true }
}

function addNoise(head: Volume, share: number): AlteredHead {
  const random = seededRandom(1)
  const mean = head.intensities.reduce((sum, value) => sum + value, 0) / head.intensities.length
  const tissue = head.intensities.filter((value) => value > mean)
  const level = tissue.reduce((sum, value) => sum + value, 0) / tissue.length
  const normal = () =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()) * share * level
  // Magnitude of a complex signal, as scanners make it.
  const intensities = head.intensities.map((value) => Math.hypot(value + normal(), normal()))
  return { volume: { ...head, intensities }, move: stay }
}

function reorder(head: Volume): AlteredHead {
  const order = findAxisOrder(head.affine, ['I', 'R', 'A'])
  const intensities = reorderValues(head.intensities, head.dimensions, order)
  return { volume: { ...reorderGrid(head, order), intensities }, move: stay }
}

const axes = ['pitch', 'roll', 'yaw'] as const

/** Alterations by scanners, positioning and anonymisation. */
export const alterations: readonly Alteration[] = [
  ...axes.flatMap((name, axis) =>
    [30, -30].map((degrees) => ({
      name: `${name} ${degrees} degrees`,
      apply: (head: Volume) =>
        turn(head, toVector3([0, 1, 2].map((i) => (i === axis ? degrees : 0)))),
    })),
  ),
  { name: 'turned 20 degrees about all', apply: (head) => turn(head, [20, 20, 20]) },
  { name: 'view 40 mm to the left', apply: (head) => shiftView(head, [40, 0, 0]) },
  { name: 'view 40 mm to the front', apply: (head) => shiftView(head, [0, -40, 0]) },
  { name: 'view 40 mm down', apply: (head) => shiftView(head, [0, 0, -40]) },
  { name: 'view 40 mm up', apply: (head) => shiftView(head, [0, 0, 40]) },
  { name: 'without neck', apply: (head, found) => cutHeights(head, found, -75, 200) },
  { name: 'without vertex', apply: (head, found) => cutHeights(head, found, -400, 55) },
  {
    name: 'defaced',
    apply: (head, found) =>
      repaint(head, found, (value, [, y, z]) => (z < -25 && y < -20 - (z + 25) / 3 ? 0 : value)),
  },
  { name: 'mirrored', apply: mirror },
  { name: 'stored in another order', apply: reorder },
  { name: 'voxels of 1.3 mm', apply: (head) => respace(head, [1.3, 1.3, 1.3]) },
  { name: 'voxels of 2 mm', apply: (head) => respace(head, [2, 2, 2]) },
  { name: 'voxels of 1 x 1 x 3 mm', apply: (head) => respace(head, [1, 1, 3]) },
  { name: 'noise, 15 % of tissue', apply: (head) => addNoise(head, 0.15) },
  {
    name: 'coil near the forehead',
    apply: (head, found) => repaint(head, found, (value, [, y]) => value * Math.exp(-y / 90)),
  },
  {
    name: 'coil near the left ear',
    apply: (head, found) => repaint(head, found, (value, [x]) => value * Math.exp(x / 80)),
  },
]

/** Alterations after which a head must not be measured. */
export const damages: readonly Alteration[] = [
  { name: 'ends at the hippocampi', apply: (head, found) => cutHeights(head, found, -10, 200) },
  { name: 'ends above them', apply: (head, found) => cutHeights(head, found, 10, 200) },
  {
    name: 'contrast inverted',
    apply: (head, found) => {
      const inside = head.intensities.filter((value) => value > 0).sort()
      const [dark, bright] = [0.1, 0.99].map((share) => inside[Math.floor(inside.length * share)]!)
      return repaint(head, found, (value) => (value < dark! ? value : Math.max(0, bright! - value)))
    },
  },
]
