import type { Vector3, Volume } from '../volume/grid.ts'
import { invertAffine, spacingOf, voxelToPatient } from '../volume/patient-affine.ts'
import { lengthOf, subtract } from '../volume/vector3.ts'
import { correlationOf } from './normalized-correlation.ts'
import { type Matrix3, multiply, type Pose, rotationAbout } from './pose.ts'
import { worthOf } from './refine-pose.ts'
import type { TemplatePoints } from './template.ts'

/** Living heads are smaller than the template: ICV 1,500 of 1,887 cm3 on average. */
const usualSize = Math.cbrt(1500 / 1887)
const stepMm = 24
const degree = Math.PI / 180
const pitches = [-50, -25, 0, 25, 50]
const others = [-25, 0, 25]
/** Candidates with the same rotation closer than this count as one. */
const apartMm = 30
/** The centre of a brain is tissue: minimum relative to the local mean. */
const leastAtCenter = 0.2

interface Candidate {
  readonly rotation: Matrix3
  readonly position: Vector3
  readonly worth: number
}

/** Rotations of the head about its left-right axis (pitch), then the other two. */
function listRotations(): Matrix3[] {
  return pitches.flatMap((pitch) =>
    others.flatMap((roll) =>
      others.map((yaw) =>
        multiply(
          multiply(rotationAbout([0, 0, yaw * degree]), rotationAbout([0, roll * degree, 0])),
          rotationAbout([pitch * degree, 0, 0]),
        ),
      ),
    ),
  )
}

/** Offsets of the template's points from its centre, in whole voxels of the head. */
function turnPoints(points: TemplatePoints, center: Vector3, rotation: Matrix3, head: Volume) {
  const inverse = invertAffine(head.affine)
  const count = points.intensities.length
  const offsets = new Int16Array(3 * count)
  for (let at = 0; at < 3 * count; at += 3) {
    const d = [0, 1, 2].map((i) => (points.positions[at + i]! - center[i]!) * usualSize)
    const q = [0, 3, 6].map(
      (r) => rotation[r]! * d[0]! + rotation[r + 1]! * d[1]! + rotation[r + 2]! * d[2]!,
    )
    for (let i = 0; i < 3; i++) {
      const r = 4 * i
      offsets[at + i] = Math.round(
        inverse[r]! * q[0]! + inverse[r + 1]! * q[1]! + inverse[r + 2]! * q[2]!,
      )
    }
  }
  return offsets
}

/** Correlation of the rotated template at one voxel position, by nearest neighbours. */
function correlateAt(head: Volume, voxel: Vector3, offsets: Int16Array, template: Float32Array) {
  const [columns, rows, slices] = head.dimensions
  const values = head.intensities
  const [x, y, z] = voxel
  let n = 0
  let sumH = 0
  let sumT = 0
  let sumHH = 0
  let sumTT = 0
  let sumHT = 0
  for (let at = 0, o = 0; at < template.length; at++, o += 3) {
    const i = x + offsets[o]!
    const j = y + offsets[o + 1]!
    const k = z + offsets[o + 2]!
    if (i < 0 || j < 0 || k < 0 || i >= columns || j >= rows || k >= slices) continue
    const h = values[i + columns * (j + rows * k)]!
    const t = template[at]!
    n++
    sumH += h
    sumT += t
    sumHH += h * h
    sumTT += t * t
    sumHT += h * t
  }
  const score = n < 8 ? 0 : correlationOf({ n, sumH, sumT, sumHH, sumTT, sumHT })
  return { score, coverage: n / template.length }
}

/**
 * Tries the template at all positions of the head's coarsest level, rotated by up to 50 degrees in
 * pitch and 25 otherwise, and returns the `count` best distinct poses.
 */
export function searchPoses(
  points: TemplatePoints,
  center: Vector3,
  head: Volume,
  count: number,
): Pose[] {
  const strides = spacingOf(head.affine).map((mm) => Math.max(1, Math.round(stepMm / mm)))
  const candidates: Candidate[] = []
  for (const rotation of listRotations()) {
    const offsets = turnPoints(points, center, rotation, head)
    for (let k = 0; k < head.dimensions[2]; k += strides[2]!) {
      for (let j = 0; j < head.dimensions[1]; j += strides[1]!) {
        for (let i = 0; i < head.dimensions[0]; i += strides[0]!) {
          const at = i + head.dimensions[0] * (j + head.dimensions[1] * k)
          if (head.intensities[at]! < leastAtCenter) continue
          const found = correlateAt(head, [i, j, k], offsets, points.intensities)
          if (!(found.score > 0.1 && found.coverage > 0.4)) continue
          const position = voxelToPatient(head.affine, [i, j, k])
          candidates.push({ rotation, position, worth: worthOf(found) })
        }
      }
    }
  }
  candidates.sort((a, b) => b.worth - a.worth)
  const kept: Candidate[] = []
  for (const candidate of candidates) {
    const isNew = kept.every(
      (other) =>
        other.rotation !== candidate.rotation ||
        lengthOf(subtract(other.position, candidate.position)) > apartMm,
    )
    if (isNew) kept.push(candidate)
    if (kept.length === count) break
  }
  return kept.map(({ rotation, position }) => ({
    position,
    matrix: rotation.map((value) => value * usualSize),
  }))
}
