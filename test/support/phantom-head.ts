import type { HeadLocalization } from '../../src/localization/head-localization.ts'
import type { Localizer } from '../../src/localization/localizer.ts'
import type { Grid, Vector3, Volume } from '../../src/volume/grid.ts'
import { voxelToPatient } from '../../src/volume/patient-affine.ts'
import { subtract, toVector3 } from '../../src/volume/vector3.ts'
import { seededRandom } from '../../tools/seeded-random.ts'
import { makeGrid, paint, rotatedDirections } from '../volume/phantom.ts'

/** Where the hippocampi of the phantom lie, LPS mm, and their radii (anterior shell, posterior core). */
export const phantomCenters = {
  left: [27, -4, -12],
  right: [-27, -2, -11],
} as const satisfies Record<'left' | 'right', Vector3>
export const phantomRadii = { whole: 10, posterior: 7 } as const
export const phantomMm3 = {
  whole: (4 / 3) * Math.PI * 10 ** 3,
  posterior: (4 / 3) * Math.PI * 7 ** 3,
}

/** For the threshold network: a shell of 200 is anterior, a core of 500 posterior, the rest background. */
export function phantomHeadAt(point: Vector3, scaleRight = 1): number {
  for (const side of ['left', 'right'] as const) {
    const factor = side === 'right' ? scaleRight : 1
    const distance = Math.hypot(...subtract(point, phantomCenters[side]))
    if (distance < factor * phantomRadii.posterior) return 500
    if (distance < factor * phantomRadii.whole) return 200
  }
  return 100
}

/** A grid of a head's size around the origin. */
export function headGrid(mm: Vector3 = [1, 1, 1], degrees: Vector3 = [0, 0, 0]): Grid {
  const size = [130, 120, 110].map((length, axis) => Math.round(length / mm[axis]!))
  const dimensions = toVector3(size)
  const grid = makeGrid(dimensions, mm, degrees)
  const middle = voxelToPatient(grid.affine, toVector3(dimensions.map((n) => (n - 1) / 2)))
  return makeGrid(dimensions, mm, degrees, [-middle[0], -middle[1], -middle[2]])
}

/**
 * The phantom with both hippocampi on a grid, as a picture: the background varies a little, and there is
 * noise far below that.
 */
export function phantomHead(grid = headGrid(), scaleRight = 1): Volume {
  const random = seededRandom(5)
  return paint(grid, (point) => {
    const value = phantomHeadAt(point, scaleRight)
    const [x, y, z] = point
    const shading = value === 100 ? 8 * Math.sin(x / 9 + y / 11 + z / 10) : 0
    return value + shading + random() - 0.5
  })
}

/** What a localizer would say of the phantom, off by some millimetres and turned by some degrees. */
export function phantomLocalization(
  changes: Partial<HeadLocalization> = {},
  off: Vector3 = [0, 0, 0],
  degrees: Vector3 = [0, 0, 0],
): HeadLocalization {
  const [x, y, z] = rotatedDirections(degrees)
  const minus = ([a, b, c]: Vector3): Vector3 => [-a, -b, -c]
  const move = ([a, b, c]: Vector3): Vector3 => [a + off[0], b + off[1], c + off[2]]
  return {
    score: 0.9,
    found: true,
    doubt: undefined,
    patientToTemplate: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
    headAxes: { right: minus(x), anterior: minus(y), superior: z },
    centers: { left: move(phantomCenters.left), right: move(phantomCenters.right) },
    intracranialVolumeMm3: 1_500_000,
    brainCoverage: 1,
    ...changes,
  }
}

/** A localizer that knows the answer. */
export const localizerThatSays = (localization: HeadLocalization): Localizer => ({
  locate: async () => localization,
  close: async () => {},
})
