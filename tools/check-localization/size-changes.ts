import type { Vector3, Volume } from '../../src/volume/grid.ts'
import { spacingOf, voxelToPatient } from '../../src/volume/patient-affine.ts'
import { respace } from './alter-head.ts'
import { type Head, readVolume } from './read-head.ts'

/** Changes that must not affect the size of a head. */
export interface SizeChange {
  readonly name: string
  /** Undefined if it does not apply to this head. */
  readonly apply: (volume: Volume, head: Head) => Volume | undefined
}

/**
 * Brightness as a function of a voxel's position in the field of view, -0.5 to 0.5 along each axis.
 */
function shade(volume: Volume, factor: (at: Vector3) => number): Volume {
  const [columns, rows, slices] = volume.dimensions
  const intensities = volume.intensities.slice()
  for (let k = 0, at = 0; k < slices; k++) {
    for (let j = 0; j < rows; j++) {
      for (let i = 0; i < columns; i++, at++) {
        intensities[at]! *= factor([i / columns - 0.5, j / rows - 0.5, k / slices - 0.5])
      }
    }
  }
  return { ...volume, intensities }
}

/** The volume with zeros, or another value, around it. */
function pad(volume: Volume, voxels: number, value: number): Volume {
  const [columns, rows, slices] = volume.dimensions
  const size: Vector3 = [columns + 2 * voxels, rows + 2 * voxels, slices + 2 * voxels]
  const intensities = new Float32Array(size[0] * size[1] * size[2]).fill(value)
  for (let k = 0; k < slices; k++) {
    for (let j = 0; j < rows; j++) {
      const from = columns * (j + rows * k)
      const to = voxels + size[0] * (j + voxels + size[1] * (k + voxels))
      intensities.set(volume.intensities.subarray(from, from + columns), to)
    }
  }
  const origin = voxelToPatient(volume.affine, [-voxels, -voxels, -voxels])
  const affine = volume.affine.map((step, i) =>
    i % 4 === 3 && i < 12 ? origin[(i - 3) / 4]! : step,
  )
  return { dimensions: size, affine, intensities }
}

function spoil(volume: Volume, voxels: number, value: number): Volume {
  const intensities = volume.intensities.slice()
  const [columns, rows] = volume.dimensions
  for (let k = 1; k <= voxels; k++) {
    for (let j = 1; j <= voxels; j++) {
      for (let i = 1; i <= voxels; i++) intensities[i + columns * (j + rows * k)] = value
    }
  }
  return { ...volume, intensities }
}

export const sizeChanges: readonly SizeChange[] = [
  { name: 'shaded 40 % left to right', apply: (v) => shade(v, ([x]) => 1 + 0.8 * x) },
  { name: 'shaded 40 % up and down', apply: (v) => shade(v, ([, , z]) => 1 + 0.8 * z) },
  {
    name: 'bright towards the edges',
    apply: (v) => shade(v, ([x, y, z]) => 0.8 + 1.6 * (x * x + y * y + z * z)),
  },
  {
    name: 'stripped',
    apply: (v, { brainPath }) => {
      if (brainPath === undefined) return undefined
      const brain = readVolume(brainPath).intensities
      return { ...v, intensities: v.intensities.map((value, at) => (brain[at]! > 0 ? value : 0)) }
    },
  },
  {
    name: 'voxels of 2 mm',
    apply: (v) =>
      Math.max(...spacingOf(v.affine)) > 1.5 ? undefined : respace(v, [2, 2, 2]).volume,
  },
  { name: 'a voxel of -2000', apply: (v) => spoil(v, 1, -2000) },
  { name: 'a block of -100', apply: (v) => spoil(v, 8, -100) },
  { name: 'a voxel of 30000', apply: (v) => spoil(v, 1, 30000) },
  { name: 'padded with 0', apply: (v) => pad(v, 15, 0) },
  { name: 'padded with -2000', apply: (v) => pad(v, 15, -2000) },
]
