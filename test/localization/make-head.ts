import { readFileSync } from 'node:fs'
import { multiply, rotationAbout } from '../../src/localization/pose.ts'
import type { Affine, Grid, Vector3, Volume } from '../../src/volume/grid.ts'
import {
  affineFromColumns,
  chainAffines,
  determinantOf,
  invertAffine,
  voxelToPatient,
} from '../../src/volume/patient-affine.ts'
import { sampleTrilinear } from '../../src/volume/resample.ts'
import { toVector3 } from '../../src/volume/vector3.ts'
import { seededRandom } from '../../tools/seeded-random.ts'
import { paint } from '../volume/phantom.ts'

const folder = new URL('../../models/head-template/', import.meta.url)
const header = JSON.parse(readFileSync(new URL('head-template.json', folder), 'utf8')) as Grid & {
  readonly hippocampi: { readonly left: Vector3; readonly right: Vector3 }
  readonly intracranialVolumeMm3: number
}

/** Brain mask and sharpest average of the shipped template, on its own grid. */
function readBrain(): { mask: Float32Array; average: Float32Array } {
  const content = readFileSync(new URL('head-template.u8', folder))
  const voxels = header.dimensions.reduce((a, b) => a * b)
  const plane = (index: number) =>
    Float32Array.from(content.subarray(index * voxels, (index + 1) * voxels))
  return { mask: plane(0), average: plane(1) }
}

export interface HeadShape {
  /** Rotation vector in degrees. */
  readonly turn?: Vector3
  /** Of the template, along its own axes. */
  readonly size?: Vector3
  /** Where the template's origin goes, LPS mm. */
  readonly at?: Vector3
}

/** Template LPS mm to patient LPS mm. */
export function placeHead({
  turn = [0, 0, 0],
  size = [1, 1, 1],
  at = [0, 0, 0],
}: HeadShape): Affine {
  const radians = toVector3(turn.map((degrees) => (degrees * Math.PI) / 180))
  const m = multiply(rotationAbout(radians), [size[0], 0, 0, 0, size[1], 0, 0, 0, size[2]])
  const column = (i: 0 | 1 | 2): Vector3 => [m[i]!, m[3 + i]!, m[6 + i]!]
  return affineFromColumns([column(0), column(1), column(2)], at)
}

/** A grid of a given spacing around the origin of the patient frame. */
export function gridAround(dimensions: Vector3, steps: readonly [Vector3, Vector3, Vector3]): Grid {
  const middle = dimensions.map((size) => (size - 1) / 2)
  const origin = toVector3(
    [0, 1, 2].map((i) => steps.reduce((sum, step, axis) => sum - step[i]! * middle[axis]!, 0)),
  )
  return { dimensions, affine: affineFromColumns(steps, origin) }
}

/** The truth of a head that was placed by an affine. */
export function truthOf(placed: Affine) {
  const { left, right } = header.hippocampi
  return {
    left: voxelToPatient(placed, left),
    right: voxelToPatient(placed, right),
    intracranialVolumeMm3: header.intracranialVolumeMm3 * determinantOf(placed),
  }
}

/** Scalp, skull and neck around the template's brain, in its LPS mm. */
function paintAround([x, y, z]: Vector3): number {
  const radius = Math.hypot(x / 76, (y - 16) / 94, (z - 4) / 84)
  if (radius > 1.06 && radius < 1.14) return 420
  if (radius < 1.06) return 10
  return z < -50 && Math.hypot(x / 55, (y - 40) / 60) < 1 ? 130 : 2
}

/** A made-up head: the shipped template's brain, bare or in a skull on a neck, on any grid, with noise. */
export function makeHead(
  grid: Grid,
  placed: Affine,
  { bare = false, noise = 4 }: { bare?: boolean; noise?: number } = {},
): Volume {
  const { mask, average } = readBrain()
  const toTemplate = invertAffine(placed)
  const inPatient: Grid = {
    dimensions: header.dimensions,
    affine: chainAffines(header.affine, placed),
  }
  const inside = sampleTrilinear(mask, inPatient, grid)
  const brain = sampleTrilinear(average, inPatient, grid)
  const around = bare
    ? undefined
    : paint(grid, (point) => paintAround(voxelToPatient(toTemplate, point))).intensities
  const random = seededRandom(7)
  const intensities = brain.map((value, at) =>
    inside[at]! > 0.5
      ? value + noise * (random() - 0.5)
      : around
        ? around[at]! + noise * random()
        : 0,
  )
  return { ...grid, intensities }
}
