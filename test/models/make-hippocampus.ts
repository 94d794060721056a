import { gaussian, seededRandom } from '../../src/models/known-change/seeded-random.ts'
import { smoothValues } from '../../src/models/known-change/smooth-values.ts'
import type { Grid, Vector3, Volume } from '../../src/volume/grid.ts'
import { voxelToPatient } from '../../src/volume/patient-affine.ts'

export interface MadeHippocampus {
  readonly volume: Volume
  /** 1 in the hippocampus. */
  readonly labels: Uint8Array
}

/** Grey, white and fluid, roughly as in a T1. */
export const levels = { hippocampus: 70, white: 105, fluid: 20 } as const

export interface MadeImage {
  readonly grid: Grid
  /** Middle of the hippocampus, LPS millimetres; towards +x of it lies the left side. */
  readonly center?: Vector3
  readonly around?: number
  readonly noise?: number
  /** Half axes, millimetres: left-right, along, up. */
  readonly radii?: Vector3
}

/**
 * An ellipsoid whose front end lies lower, as a hippocampus does, with a ventricle of fluid 15 mm above it;
 * every voxel is averaged over 27 points and blurred by half a millimetre.
 */
export function makeHippocampus({
  grid,
  center = [0, 0, 0],
  around = levels.white,
  noise = 0,
  radii = [6, 15, 5],
}: MadeImage): MadeHippocampus {
  const [columns, rows, slices] = grid.dimensions
  const intensities = new Float32Array(columns * rows * slices)
  const labels = new Uint8Array(intensities.length)
  const random = seededRandom(7)
  const tilt = Math.PI / 9
  const isInside = (x: number, y: number, z: number) => {
    const along = y * Math.cos(tilt) + z * Math.sin(tilt)
    const up = z * Math.cos(tilt) - y * Math.sin(tilt)
    return (x / radii[0]) ** 2 + (along / radii[1]) ** 2 + (up / radii[2]) ** 2 <= 1
  }
  const isVentricle = (x: number, y: number, z: number) =>
    (x / 6) ** 2 + (y / 12) ** 2 + ((z - 15) / 5) ** 2 <= 1
  const thirds = [-1 / 3, 0, 1 / 3]
  for (let at = 0; at < intensities.length; at++) {
    const [i, j] = [at % columns, Math.floor(at / columns) % rows]
    const k = Math.floor(at / (columns * rows))
    let [hippocampus, fluid] = [0, 0]
    for (const a of thirds) {
      for (const b of thirds) {
        for (const c of thirds) {
          const point = voxelToPatient(grid.affine, [i + a, j + b, k + c])
          const [x, y, z] = [point[0] - center[0], point[1] - center[1], point[2] - center[2]]
          if (isInside(x, y, z)) hippocampus += 1 / 27
          else if (isVentricle(x, y, z)) fluid += 1 / 27
        }
      }
    }
    labels[at] = hippocampus > 0.5 ? 1 : 0
    intensities[at] =
      around + hippocampus * (levels.hippocampus - around) + fluid * (levels.fluid - around)
  }
  // What a scan's own blur adds to the voxel.
  const blurred = smoothValues(intensities, grid, 0.5)
  const scanned = blurred.map((value) => value + noise * gaussian(random))
  return { volume: { ...grid, intensities: scanned }, labels }
}
