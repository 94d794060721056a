import { rotationAbout } from '../../src/localization/pose.ts'
import type { Affine, Grid, Vector3, Volume } from '../../src/volume/grid.ts'
import { chainAffines, voxelToPatient } from '../../src/volume/patient-affine.ts'
import { lengthOf, normalize, scale } from '../../src/volume/vector3.ts'
import { resampleVolume } from '../spoil-head/resample-volume.ts'
import type { AlteredHead } from './alter-head.ts'

/** A whole brain fits into a ball of this radius, mm. */
const brainMm = 95
const spacings = [1, 1.3, 1.3, 1.6, 2, 2]

type Random = () => number

const between = (random: Random, low: number, high: number) => low + (high - low) * random()

function pickDirection(random: Random): Vector3 {
  for (;;) {
    const v: Vector3 = [between(random, -1, 1), between(random, -1, 1), between(random, -1, 1)]
    const length = lengthOf(v)
    if (length > 0.1 && length < 1) return normalize(v)
  }
}

const gaussOf = (random: Random) =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

/** A field of view of random size and spacing that contains the brain up to 60 mm off centre. */
function pickView(random: Random, center: Vector3): Grid {
  const spacing = spacings[Math.floor(random() * spacings.length)]!
  const offset = [0, 1, 2].map(() => between(random, -60, 60) * (random() < 0.5 ? 1 : 0.3))
  const half = offset.map((mm) => Math.max(brainMm + Math.abs(mm), between(random, brainMm, 130)))
  const size = (axis: 0 | 1 | 2) => Math.round((2 * half[axis]!) / spacing)
  const first = half.map((mm, axis) => center[axis]! + offset[axis]! - mm)
  return {
    dimensions: [size(0), size(1), size(2)],
    affine: [
      ...[spacing, 0, 0, first[0]!],
      ...[0, spacing, 0, first[1]!],
      ...[0, 0, spacing, first[2]!],
      ...[0, 0, 0, 1],
    ],
  }
}

/** Up to 40 % brighter or darker across the head, in a straight and in a curved part. */
function pickShading(random: Random, center: Vector3): (point: Vector3) => number {
  const [along, across] = [pickDirection(random), pickDirection(random)]
  const [straight, curved] = [between(random, 0, 0.3), between(random, -0.1, 0.1)]
  const dot = (a: Vector3, p: Vector3) =>
    Math.max(-1, Math.min(1, a.reduce((sum, x, i) => sum + x * (p[i]! - center[i]!), 0) / brainMm))
  return (point) => 1 + straight * dot(along, point) + curved * (2 * dot(across, point) ** 2 - 1)
}

/**
 * A head as imaged by another scanner: tilted by up to 40 degrees about any axis, with another
 * size, spacing and centre of the field of view, shaded, noisy, and often without its neck.
 * `center` is the centre of its brain, LPS mm.
 */
export function disturbHead(head: Volume, center: Vector3, random: Random): AlteredHead {
  const turn = rotationAbout(scale(pickDirection(random), (between(random, 0, 40) * Math.PI) / 180))
  const row = (i: number) => {
    const [x, y, z] = [turn[3 * i]!, turn[3 * i + 1]!, turn[3 * i + 2]!]
    return [x, y, z, center[i]! - x * center[0] - y * center[1] - z * center[2]]
  }
  const move: Affine = [...row(0), ...row(1), ...row(2), 0, 0, 0, 1]
  const turned: Volume = { ...head, affine: chainAffines(head.affine, move) }
  const view = pickView(random, center)
  const { intensities } = resampleVolume(turned, view)
  const shadingAt = pickShading(random, center)
  const noise = between(random, 0, 0.08)
  const neckEnds = random() < 0.5 ? center[2] - brainMm : Number.NEGATIVE_INFINITY
  let sum = 0
  for (const value of intensities) sum += value
  const mean = sum / intensities.length
  let [bright, count] = [0, 0]
  for (const value of intensities) {
    if (value <= mean) continue
    bright += value
    count++
  }
  const level = (noise * bright) / Math.max(1, count)
  const [columns, rows, slices] = view.dimensions
  for (let k = 0, at = 0; k < slices; k++) {
    for (let j = 0; j < rows; j++) {
      for (let i = 0; i < columns; i++, at++) {
        const point = voxelToPatient(view.affine, [i, j, k])
        const value = point[2] < neckEnds ? 0 : intensities[at]! * shadingAt(point)
        // Magnitude of a complex signal, as scanners make it.
        intensities[at] = Math.hypot(value + level * gaussOf(random), level * gaussOf(random))
      }
    }
  }
  return { volume: { ...view, intensities }, move: (point) => voxelToPatient(move, point) }
}
