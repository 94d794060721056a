import { chainAffines } from '../volume/patient-affine.ts'
import type { Match } from './correlate.ts'
import { type Pose, toAffine } from './pose.ts'

/** The head's intensity at each point of the template under a pose; NaN outside the field of view. */
export function sampleMatch(
  { points, center, head, patientToVoxel }: Match,
  pose: Pose,
): Float32Array {
  const { positions } = points
  const [columns, rows, slices] = head.dimensions
  const plane = columns * rows
  const values = head.intensities
  const m = chainAffines(toAffine(pose, center), patientToVoxel)
  const sampled = new Float32Array(positions.length / 3)
  for (let at = 0, from = 0; at < sampled.length; at++, from += 3) {
    const px = positions[from]!
    const py = positions[from + 1]!
    const pz = positions[from + 2]!
    const x = m[0]! * px + m[1]! * py + m[2]! * pz + m[3]!
    const y = m[4]! * px + m[5]! * py + m[6]! * pz + m[7]!
    const z = m[8]! * px + m[9]! * py + m[10]! * pz + m[11]!
    if (!(x >= 0 && y >= 0 && z >= 0 && x < columns - 1 && y < rows - 1 && z < slices - 1)) {
      sampled[at] = Number.NaN
      continue
    }
    const i = x | 0
    const j = y | 0
    const k = z | 0
    const fx = x - i
    const fy = y - j
    const fz = z - k
    const a = i + columns * j + plane * k
    const c00 = values[a]! + fx * (values[a + 1]! - values[a]!)
    const c10 = values[a + columns]! + fx * (values[a + columns + 1]! - values[a + columns]!)
    const b = a + plane
    const c01 = values[b]! + fx * (values[b + 1]! - values[b]!)
    const c11 = values[b + columns]! + fx * (values[b + columns + 1]! - values[b + columns]!)
    const c0 = c00 + fy * (c10 - c00)
    const c1 = c01 + fy * (c11 - c01)
    sampled[at] = c0 + fz * (c1 - c0)
  }
  return sampled
}
