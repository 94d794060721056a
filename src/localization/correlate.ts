import type { Affine, Vector3, Volume } from '../volume/grid.ts'
import { chainAffines, invertAffine } from '../volume/patient-affine.ts'
import { correlationOf } from './normalized-correlation.ts'
import { type Pose, toAffine } from './pose.ts'
import type { TemplatePoints } from './template.ts'

/** Degrees of freedom of a refinement: a similarity transform, or any affine. */
export type Freedom = 'similarity' | 'affine'

const movesOf = { similarity: 7, affine: 12 } as const

/** Template points and one level of a head. */
export interface Match {
  readonly points: TemplatePoints
  readonly center: Vector3
  readonly head: Volume
  /** Patient LPS mm to the head's voxels. */
  readonly patientToVoxel: Affine
  /** Brightening by the coil at each point; 1 everywhere if not given. */
  readonly shading?: Float32Array | undefined
}

export function makeMatch(points: TemplatePoints, center: Vector3, head: Volume): Match {
  return { points, center, head, patientToVoxel: invertAffine(head.affine) }
}

export interface Correlation {
  /** Normalised cross-correlation over the points inside the field of view; 0 if one side is flat. */
  readonly score: number
  /** Share of the points inside the field of view. */
  readonly coverage: number
  /**
   * Normal equations of the template's intensities as a linear function of the pose's small moves, the
   * head's intensity and a constant (in this order): symmetric matrix, row-major, and right-hand side.
   */
  readonly normal: Float64Array
  readonly right: Float64Array
  readonly size: number
}

/** Rotations and stretches are counted in movements at this distance from the center, mm. */
export const leverMm = 50

/**
 * Correlates the template at a pose with the head. With `freedom` it also returns the normal
 * equations of a Gauss-Newton step; the parameters of a similarity are: position (3), rotation
 * vector (3), growth; of an affine: position (3) and the matrix, row-major (9); both in mm, the
 * latter at the lever.
 */
export function correlate(match: Match, pose: Pose, freedom?: Freedom): Correlation {
  const { points, center, head, patientToVoxel: inverse, shading } = match
  const { positions, intensities: template } = points
  const [columns, rows, slices] = head.dimensions
  const plane = columns * rows
  const values = head.intensities
  const m = chainAffines(toAffine(pose, center), inverse)
  const [m0, m1, m2, m3] = [m[0]!, m[1]!, m[2]!, m[3]!]
  const [m4, m5, m6, m7] = [m[4]!, m[5]!, m[6]!, m[7]!]
  const [m8, m9, m10, m11] = [m[8]!, m[9]!, m[10]!, m[11]!]
  const [i0, i1, i2] = [inverse[0]!, inverse[1]!, inverse[2]!]
  const [i4, i5, i6] = [inverse[4]!, inverse[5]!, inverse[6]!]
  const [i8, i9, i10] = [inverse[8]!, inverse[9]!, inverse[10]!]
  const p = pose.matrix
  const moves = freedom === undefined ? 0 : movesOf[freedom]
  const size = moves === 0 ? 0 : moves + 2
  const normal = new Float64Array(size * size)
  const right = new Float64Array(size)
  const row = new Float64Array(size)
  let n = 0
  let sumH = 0
  let sumT = 0
  let sumHH = 0
  let sumTT = 0
  let sumHT = 0

  for (let at = 0, from = 0; at < template.length; at++, from += 3) {
    const px = positions[from]!
    const py = positions[from + 1]!
    const pz = positions[from + 2]!
    const x = m0 * px + m1 * py + m2 * pz + m3
    const y = m4 * px + m5 * py + m6 * pz + m7
    const z = m8 * px + m9 * py + m10 * pz + m11
    if (!(x >= 0 && y >= 0 && z >= 0 && x < columns - 1 && y < rows - 1 && z < slices - 1)) continue
    const i = x | 0
    const j = y | 0
    const k = z | 0
    const fx = x - i
    const fy = y - j
    const fz = z - k
    const a = i + columns * j + plane * k
    const v000 = values[a]!
    const v100 = values[a + 1]!
    const v010 = values[a + columns]!
    const v110 = values[a + columns + 1]!
    const v001 = values[a + plane]!
    const v101 = values[a + plane + 1]!
    const v011 = values[a + plane + columns]!
    const v111 = values[a + plane + columns + 1]!
    const c00 = v000 + fx * (v100 - v000)
    const c10 = v010 + fx * (v110 - v010)
    const c01 = v001 + fx * (v101 - v001)
    const c11 = v011 + fx * (v111 - v011)
    const c0 = c00 + fy * (c10 - c00)
    const c1 = c01 + fy * (c11 - c01)
    const gain = shading === undefined ? 1 : 1 / shading[at]!
    const h = (c0 + fz * (c1 - c0)) * gain
    const t = template[at]!
    n++
    sumH += h
    sumT += t
    sumHH += h * h
    sumTT += t * t
    sumHT += h * t
    if (size === 0) continue

    const near = (v100 - v000) * (1 - fy) + (v110 - v010) * fy
    const far = (v101 - v001) * (1 - fy) + (v111 - v011) * fy
    const vx = (near + fz * (far - near)) * gain
    const vy = ((c10 - c00) * (1 - fz) + (c11 - c01) * fz) * gain
    const vz = (c1 - c0) * gain
    const gx = i0 * vx + i4 * vy + i8 * vz
    const gy = i1 * vx + i5 * vy + i9 * vz
    const gz = i2 * vx + i6 * vy + i10 * vz
    row[0] = gx
    row[1] = gy
    row[2] = gz
    const dx = (px - center[0]) / leverMm
    const dy = (py - center[1]) / leverMm
    const dz = (pz - center[2]) / leverMm
    if (moves === 12) {
      row[3] = gx * dx
      row[4] = gx * dy
      row[5] = gx * dz
      row[6] = gy * dx
      row[7] = gy * dy
      row[8] = gy * dz
      row[9] = gz * dx
      row[10] = gz * dy
      row[11] = gz * dz
    } else {
      const qx = p[0]! * dx + p[1]! * dy + p[2]! * dz
      const qy = p[3]! * dx + p[4]! * dy + p[5]! * dz
      const qz = p[6]! * dx + p[7]! * dy + p[8]! * dz
      row[3] = qy * gz - qz * gy
      row[4] = qz * gx - qx * gz
      row[5] = qx * gy - qy * gx
      row[6] = gx * qx + gy * qy + gz * qz
    }
    row[moves] = h
    row[moves + 1] = 1
    for (let r = 0; r < size; r++) {
      const value = row[r]!
      right[r]! += value * t
      for (let c = r, to = r * size + r; c < size; c++, to++) normal[to]! += value * row[c]!
    }
  }
  for (let r = 0; r < size; r++) {
    for (let c = 0; c < r; c++) normal[r * size + c] = normal[c * size + r]!
  }
  return {
    score: correlationOf({ n, sumH, sumT, sumHH, sumTT, sumHT }),
    coverage: n / template.length,
    normal,
    right,
    size,
  }
}
