import { gaussian } from '../../src/models/known-change/seeded-random.ts'
import type { Grid, Volume } from '../../src/volume/grid.ts'
import {
  affineColumn,
  affineFromColumns,
  spacingOf,
  voxelToPatient,
} from '../../src/volume/patient-affine.ts'
import { scale, toVector3 } from '../../src/volume/vector3.ts'
import { resampleVolume } from './resample-volume.ts'

type Random = () => number

function percentile(values: Float32Array, share: number): number {
  const sorted = values.filter((value) => value !== 0).sort()
  return sorted[Math.round(share * (sorted.length - 1))] ?? 0
}

/** 5th to 95th percentile of what is not 0. */
export function contrastOf({ intensities }: Volume): number {
  return percentile(intensities, 0.95) - percentile(intensities, 0.05)
}

/** Level of white matter: the lower limit of the brightest tenth of the brain. */
export function whiteMatterOf({ intensities }: Volume): number {
  return percentile(intensities, 0.9)
}

/** Rician noise of a standard deviation given as a share of the contrast; 0 stays 0. */
export function addNoise(volume: Volume, share: number, random: Random): Volume {
  const sigma = share * contrastOf(volume)
  const intensities = volume.intensities.map((value) =>
    value === 0 ? 0 : Math.hypot(value + sigma * gaussian(random), sigma * gaussian(random)),
  )
  return { ...volume, intensities }
}

/** Brightness that changes smoothly across the volume by the given share of itself. */
export function addBias(volume: Volume, share: number): Volume {
  const [columns, rows, slices] = volume.dimensions
  const intensities = volume.intensities.map((value, index) => {
    const i = (index % columns) / columns - 0.5
    const j = (Math.floor(index / columns) % rows) / rows - 0.5
    const k = Math.floor(index / (columns * rows)) / slices - 0.5
    return value * (1 + share * (0.6 * i - 0.8 * j + 0.4 * k + 0.5 * Math.cos(2 * Math.PI * j)))
  })
  return { ...volume, intensities }
}

/** A grid over the same box with another spacing (mm), shifted by up to half a voxel. */
export function respace(grid: Grid, mm: number, random: Random): Grid {
  const spacing = spacingOf(grid.affine)
  const counts = grid.dimensions.map((n, axis) => Math.floor((n * spacing[axis]!) / mm))
  const first = spacing.map((s) => (mm - s) / 2 / s + (random() - 0.5) * 0.5 * (mm / s))
  const step = (axis: 0 | 1 | 2) => scale(affineColumn(grid.affine, axis), mm / spacing[axis])
  return {
    dimensions: toVector3(counts),
    affine: affineFromColumns(
      [step(0), step(1), step(2)],
      voxelToPatient(grid.affine, toVector3(first)),
    ),
  }
}

/** The volume as a coarser scan of the same box: averaged over its voxels. */
export function coarsen(volume: Volume, mm: number, random: Random): Volume {
  const target = respace(volume, mm, random)
  const steps = [-1 / 3, 0, 1 / 3]
  const sum = new Float32Array(target.dimensions.reduce((a, b) => a * b))
  for (const x of steps) {
    for (const y of steps) {
      for (const z of steps) {
        const origin = voxelToPatient(target.affine, [x, y, z])
        const affine = target.affine.map((value, index) =>
          index % 4 === 3 && index < 12 ? origin[(index - 3) / 4]! : value,
        )
        const sampled = resampleVolume(volume, { dimensions: target.dimensions, affine })
        sampled.intensities.forEach((value, index) => {
          sum[index]! += value / 27
        })
      }
    }
  }
  return { ...target, intensities: sum }
}
