import type { Grid, Vector3, Volume } from '../../src/volume/grid.ts'
import { mirrorValues } from '../../src/volume/mirror.ts'
import { affineColumn, voxelToPatient } from '../../src/volume/patient-affine.ts'
import { toVector3 } from '../../src/volume/vector3.ts'
import { seededRandom } from '../seeded-random.ts'
import { addBias, addNoise, coarsen } from '../spoil-head/degrade.ts'
import { moveGrid } from '../spoil-head/move-grid.ts'
import { resampleVolume } from '../spoil-head/resample-volume.ts'

/** One way of imaging the same head again. */
export interface HeadChange {
  readonly name: string
  /** True where left becomes right. */
  readonly swaps?: boolean
  readonly change: (head: Volume) => Volume
}

/** The head in another pose of the scanner's grid: resampled, so that no voxel is the same. */
const resampled = (degrees: Vector3, mm: Vector3) => (head: Volume) =>
  resampleVolume(head, moveGrid(head, degrees, mm))

/** The head's voxels at another position in the patient's frame, without resampling. */
const relabelled =
  (degrees: Vector3, mm: Vector3) =>
  (head: Volume): Volume => ({
    ...moveGrid(head, degrees, mm),
    intensities: head.intensities,
  })

/** Axis of the grid that runs most along the patient's left and right. */
function leftRightAxis({ affine }: Grid): 0 | 1 | 2 {
  const along = ([0, 1, 2] as const).map((axis) => {
    const step = affineColumn(affine, axis)
    return Math.abs(step[0]) / Math.hypot(...step)
  })
  return along.indexOf(Math.max(...along)) as 0 | 1 | 2
}

/** A part of the head's own grid, by shares of its length along each axis. */
const cut = (from: Vector3, to: Vector3) => (head: Volume) => {
  const start = head.dimensions.map((n, axis) => Math.round(n * from[axis]!))
  const size = head.dimensions.map((n, axis) => Math.round(n * to[axis]!) - start[axis]!)
  const origin = voxelToPatient(head.affine, toVector3(start))
  const affine = head.affine.map((v, i) => (i % 4 === 3 && i < 12 ? origin[(i - 3) / 4]! : v))
  return resampleVolume(head, { dimensions: toVector3(size), affine })
}

/** Changes that must hardly affect the volumes. */
export const headChanges: readonly HeadChange[] = [
  {
    name: 'moved 80 mm, turned 10 degrees, same voxels',
    change: relabelled([10, 5, -8], [80, -30, 50]),
  },
  { name: 'shifted by half a voxel', change: resampled([0, 0, 0], [0.5, 0.5, 0.5]) },
  { name: 'turned by 5 degrees', change: resampled([5, -3, 4], [1, 2, -1]) },
  { name: 'turned by 15 degrees', change: resampled([-15, 10, 12], [-3, 4, 2]) },
  {
    name: 'mirrored',
    swaps: true,
    change: (head) => ({
      ...head,
      intensities: mirrorValues(head.intensities, head.dimensions, leftRightAxis(head)),
    }),
  },
  { name: 'at 1.3 mm', change: (head) => coarsen(head, 1.3, seededRandom(5)) },
  { name: 'cropped by a tenth all around', change: cut([0.1, 0.1, 0.1], [0.9, 0.9, 0.9]) },
  { name: 'noise of 3 % of the contrast', change: (head) => addNoise(head, 0.03, seededRandom(6)) },
  { name: 'noise of 6 % of the contrast', change: (head) => addNoise(head, 0.06, seededRandom(6)) },
  { name: 'brightness that varies by 40 %', change: (head) => addBias(head, 0.4) },
]
