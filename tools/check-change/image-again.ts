import { estimateNoise } from '../../src/measurement/quality/estimate-noise.ts'
import { gaussian } from '../../src/models/known-change/seeded-random.ts'
import type { Vector3, Volume } from '../../src/volume/grid.ts'
import {
  affineColumn,
  affineFromColumns,
  spacingOf,
  voxelToPatient,
} from '../../src/volume/patient-affine.ts'
import { resampleCubic } from '../../src/volume/resample-cubic.ts'
import { scale } from '../../src/volume/vector3.ts'
import { contrastOf } from '../spoil-head/degrade.ts'
import { moveGrid } from '../spoil-head/move-grid.ts'

/** Sides of the voxels of two visits differ by at most this share from those of the original. */
const spacingShare = 0.024

/**
 * The head as another visit to the scanner shows it: in another pose (up to 8 degrees, 8 mm), on
 * other voxels (up to 2.4 % larger or smaller a side), brighter here and darker there (by up to
 * about a tenth), at another gain, and with new noise as strong as that of the image itself. Values
 * of exactly 0 were masked out and stay 0.
 */
export function imageAgain(head: Volume, random: () => number): Volume {
  const between = (limit: number) => limit * (2 * random() - 1)
  const three = (limit: number): Vector3 => [between(limit), between(limit), between(limit)]
  const moved = moveGrid(head, three(8), three(8))
  const factors = three(spacingShare).map((share) => 1 + share) as unknown as Vector3
  const dimensions = moved.dimensions.map((n, axis) =>
    Math.floor((n - 1) / factors[axis]!),
  ) as unknown as Vector3
  const step = (axis: 0 | 1 | 2) => scale(affineColumn(moved.affine, axis), factors[axis])
  const first = moved.dimensions.map(
    (n, axis) => (n - 1 - (dimensions[axis]! - 1) * factors[axis]!) / 2,
  )
  const grid = {
    dimensions,
    affine: affineFromColumns(
      [step(0), step(1), step(2)],
      voxelToPatient(moved.affine, first as unknown as Vector3),
    ),
  }
  const { intensities } = resampleCubic(head, grid)
  const noise = estimateNoise(head) * contrastOf(head)
  const slopes = Array.from({ length: 9 }, () => between(1))
  const strength = 0.24 / slopes.reduce((sum, slope) => sum + Math.abs(slope), 0)
  const gain = 1 + between(0.2)
  const [columns, rows] = dimensions
  const spacing = spacingOf(grid.affine)
  const shown = intensities.map((value, index) => {
    if (value <= 0) return 0
    const x = (((index % columns) - columns / 2) * spacing[0]) / 100
    const y = (((Math.floor(index / columns) % rows) - rows / 2) * spacing[1]) / 100
    const z = ((Math.floor(index / (columns * rows)) - dimensions[2] / 2) * spacing[2]) / 100
    const terms = [x, y, z, x * x, y * y, z * z, x * y, y * z, x * z]
    const shade = 1 + strength * terms.reduce((sum, term, i) => sum + slopes[i]! * term, 0)
    const signal = value * shade * gain
    return Math.hypot(signal + noise * gaussian(random), noise * gaussian(random))
  })
  // The grid is positioned as if the head had moved in the scanner.
  return {
    dimensions,
    affine: head.affine.length ? relabel(grid.affine, head) : grid.affine,
    intensities: shown,
  }
}

/** The voxels' axes as the scanner would name them: along the original's, with the visit's own spacing. */
function relabel(affine: readonly number[], head: Volume): readonly number[] {
  const spacing = spacingOf(affine)
  const own = spacingOf(head.affine)
  const step = (axis: 0 | 1 | 2) =>
    scale(affineColumn(head.affine, axis), spacing[axis] / own[axis])
  return affineFromColumns([step(0), step(1), step(2)], affineColumn(head.affine, 3))
}
