import type { Affine, Vector3, Volume } from '../../src/volume/grid.ts'
import { cutPart, type GridPart } from '../../src/volume/part-of-grid.ts'
import { voxelToPatient } from '../../src/volume/patient-affine.ts'
import { resampleCubic } from '../../src/volume/resample-cubic.ts'
import { toVector3 } from '../../src/volume/vector3.ts'
import { moveGrid } from '../spoil-head/move-grid.ts'
import { planLineTransform, powerOfTwo } from './fourier-line.ts'

/** Pose of a head relative to its first pose: rotated about its own axes (LPS), then shifted. */
export interface Pose {
  readonly degrees: Vector3
  readonly mm: Vector3
}

/** Motion of a head during a scan. */
export interface HeadMotion {
  readonly name: string
  /** Axis of the grid along which lines were encoded one after another. */
  readonly axis: 0 | 1 | 2
  readonly poses: readonly Pose[]
  /**
   * Pose of a line: 0 for the first pose, else from 1 an index into `poses`. `time` runs from 0 to
   * 1 over the acquisition, from the most negative spatial frequency to the most positive one.
   */
  readonly poseAt: (time: number) => number
}

/** The first voxel of each line along an axis. */
function* startsOfLines({ dimensions }: Volume, axis: 0 | 1 | 2): Generator<number> {
  const [columns, rows] = dimensions
  const [a, b] = ([0, 1, 2] as const).filter((one) => one !== axis) as [number, number]
  const strides = [1, columns, columns * rows]
  for (let j = 0; j < dimensions[b]!; j++) {
    for (let i = 0; i < dimensions[a]!; i++) yield i * strides[a]! + j * strides[b]!
  }
}

/** The first voxel and the size of a part that holds whole lines along an axis. */
function wholeLines(head: Volume, part: GridPart, axis: 0 | 1 | 2): GridPart {
  const start = toVector3(part.start.map((from, a) => (a === axis ? 0 : from)))
  const dimensions = toVector3(
    part.grid.dimensions.map((n, a) => (a === axis ? head.dimensions[axis] : n)),
  )
  return { start, grid: { dimensions, affine: moveOrigin(head.affine, start) } }
}

function moveOrigin(affine: Affine, start: Vector3): Affine {
  const origin = voxelToPatient(affine, start)
  return affine.map((value, i) => (i % 4 === 3 && i < 12 ? origin[(i - 3) / 4]! : value))
}

/**
 * The magnitude image of a head that moved while it was scanned, or of a part of it (with whole
 * lines). Lines of k-space along one axis come from the head's pose when they were encoded. All
 * lines at the same position along that axis are encoded at once, like one shot of a 3D gradient
 * echo sequence. Masked-out voxels (0) stay 0.
 */
export function moveHead(
  head: Volume,
  { axis, poses, poseAt }: HeadMotion,
  part: GridPart = { start: [0, 0, 0], grid: head },
): Volume {
  const { start: first, grid } = wholeLines(head, part, axis)
  const still = cutPart(head, { start: first, grid })
  const states = [
    still.intensities,
    ...poses.map(({ degrees, mm }) => {
      const moved = moveGrid(head, degrees, mm)
      const affine = moveOrigin(moved.affine, first)
      return resampleCubic(head, { dimensions: grid.dimensions, affine }).intensities
    }),
  ]
  const length = grid.dimensions[axis]
  const stride = grid.dimensions.slice(0, axis).reduce((a, b) => a * b, 1)
  const transform = planLineTransform(powerOfTwo(length))
  const { size } = transform
  const stateOf = Uint8Array.from({ length: size }, (_, frequency) =>
    poseAt(((frequency + size / 2) % size) / size),
  )
  const spectra = states.map(() => [new Float64Array(size), new Float64Array(size)] as const)
  const [real, imaginary] = [new Float64Array(size), new Float64Array(size)]
  const intensities = new Float32Array(still.intensities.length)
  for (const from of startsOfLines(still, axis)) {
    for (const [state, [re, im]] of spectra.entries()) {
      const values = states[state]!
      re.fill(0)
      im.fill(0)
      for (let i = 0; i < length; i++) re[i] = values[from + i * stride]!
      transform.run(re, im, 'forward')
    }
    for (let frequency = 0; frequency < size; frequency++) {
      const [re, im] = spectra[stateOf[frequency]!]!
      real[frequency] = re[frequency]!
      imaginary[frequency] = im[frequency]!
    }
    transform.run(real, imaginary, 'inverse')
    for (let i = 0; i < length; i++) {
      const voxel = from + i * stride
      if (still.intensities[voxel] !== 0) intensities[voxel] = Math.hypot(real[i]!, imaginary[i]!)
    }
  }
  return { ...grid, intensities }
}
