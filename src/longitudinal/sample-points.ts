import type { Volume } from '../volume/grid.ts'
import { chainAffines, invertAffine } from '../volume/patient-affine.ts'
import { affineOfFrame, type HeadFrame } from './half-way-frame.ts'

/** What a scan shows at points of the half-way space. */
export interface PointSamples {
  /** NaN outside the scan. */
  readonly values: Float32Array
  /** Three a point: change of the value a millimetre along the axes of the half-way space. */
  readonly slopes: Float32Array
}

/** Intensities of a scan and their slopes (trilinear) at points of the half-way space, mm. */
export function samplePoints(scan: Volume, frame: HeadFrame, points: Float32Array): PointSamples {
  const [columns, rows, slices] = scan.dimensions
  const plane = columns * rows
  const from = scan.intensities
  const m = chainAffines(affineOfFrame(frame), invertAffine(scan.affine))
  const [m0, m1, m2, m3] = [m[0]!, m[1]!, m[2]!, m[3]!]
  const [m4, m5, m6, m7] = [m[4]!, m[5]!, m[6]!, m[7]!]
  const [m8, m9, m10, m11] = [m[8]!, m[9]!, m[10]!, m[11]!]
  const values = new Float32Array(points.length / 3)
  const slopes = new Float32Array(points.length)
  for (let at = 0, p = 0; at < values.length; at++, p += 3) {
    const px = points[p]!
    const py = points[p + 1]!
    const pz = points[p + 2]!
    const x = m0 * px + m1 * py + m2 * pz + m3
    const y = m4 * px + m5 * py + m6 * pz + m7
    const z = m8 * px + m9 * py + m10 * pz + m11
    if (!(x >= 0 && y >= 0 && z >= 0 && x < columns - 1 && y < rows - 1 && z < slices - 1)) {
      values[at] = Number.NaN
      continue
    }
    const i = x | 0
    const j = y | 0
    const k = z | 0
    const fx = x - i
    const fy = y - j
    const fz = z - k
    const a = i + columns * j + plane * k
    const b = a + plane
    const v000 = from[a]!
    const v010 = from[a + columns]!
    const v001 = from[b]!
    const v011 = from[b + columns]!
    const x00 = from[a + 1]! - v000
    const x10 = from[a + columns + 1]! - v010
    const x01 = from[b + 1]! - v001
    const x11 = from[b + columns + 1]! - v011
    const c00 = v000 + fx * x00
    const c10 = v010 + fx * x10
    const c01 = v001 + fx * x01
    const c11 = v011 + fx * x11
    const c0 = c00 + fy * (c10 - c00)
    const c1 = c01 + fy * (c11 - c01)
    values[at] = c0 + fz * (c1 - c0)
    const near = x00 + fy * (x10 - x00)
    const gx = near + fz * (x01 + fy * (x11 - x01) - near)
    const gy = (c10 - c00) * (1 - fz) + (c11 - c01) * fz
    const gz = c1 - c0
    slopes[p] = gx * m0 + gy * m4 + gz * m8
    slopes[p + 1] = gx * m1 + gy * m5 + gz * m9
    slopes[p + 2] = gx * m2 + gy * m6 + gz * m10
  }
  return { values, slopes }
}
