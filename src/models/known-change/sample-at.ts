import type { Vector3 } from '../../volume/grid.ts'

const clamp = (at: number, last: number) => (at < 0 ? 0 : at > last ? last : at)

/** The value between voxels, trilinear; beyond the outermost centres the nearest value. */
export function sampleAt(
  values: Float32Array | Uint8Array,
  [columns, rows, slices]: Vector3,
  x: number,
  y: number,
  z: number,
): number {
  const cx = clamp(x, columns - 1)
  const cy = clamp(y, rows - 1)
  const cz = clamp(z, slices - 1)
  const i = Math.floor(cx)
  const j = Math.floor(cy)
  const k = Math.floor(cz)
  const fx = cx - i
  const fy = cy - j
  const fz = cz - k
  const right = i + 1 < columns ? 1 : 0
  const down = j + 1 < rows ? columns : 0
  const next = k + 1 < slices ? columns * rows : 0
  const at = i + columns * (j + rows * k)
  const along = (from: number) => values[from]! * (1 - fx) + values[from + right]! * fx
  const near = along(at) * (1 - fy) + along(at + down) * fy
  const far = along(at + next) * (1 - fy) + along(at + next + down) * fy
  return near * (1 - fz) + far * fz
}
