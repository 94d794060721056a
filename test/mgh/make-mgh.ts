/** Writes FreeSurfer's .mgh field by field from its description, apart from the code under test. */
export interface MghFields {
  first?: number
  dimensions?: readonly [number, number, number]
  frames?: number
  type?: number
  goodRas?: number
  spacing?: readonly number[]
  /** Steps of the axes, RAS: x_r x_a x_s, y_r and so on. */
  directions?: readonly number[]
  center?: readonly number[]
  values?: ArrayLike<number>
}

const sizes: Record<number, number> = { 0: 1, 1: 4, 3: 4, 4: 2, 10: 2 }

export function makeMgh(fields: MghFields = {}): Uint8Array {
  const { dimensions = [3, 4, 2], frames = 1, type = 4, goodRas = 1 } = fields
  const { spacing = [1, 1, 1], directions = [-1, 0, 0, 0, 0, -1, 0, 1, 0] } = fields
  const { center = [0, 0, 0], first = 1 } = fields
  const voxels = dimensions[0] * dimensions[1] * dimensions[2] * frames
  const values = fields.values ?? Array.from({ length: Math.min(voxels, 1e6) }, (_, i) => i)
  const size = sizes[type] ?? 1
  const bytes = new Uint8Array(284 + values.length * size)
  const view = new DataView(bytes.buffer)
  for (const [i, value] of [first, ...dimensions, frames, type, 0].entries()) {
    view.setInt32(4 * i, value)
  }
  view.setInt16(28, goodRas)
  for (const [i, value] of [...spacing, ...directions, ...center].entries()) {
    view.setFloat32(30 + 4 * i, value)
  }
  for (let i = 0; i < values.length; i++) {
    const at = 284 + i * size
    if (type === 0) view.setUint8(at, values[i]!)
    if (type === 1) view.setInt32(at, values[i]!)
    if (type === 3) view.setFloat32(at, values[i]!)
    if (type === 4) view.setInt16(at, values[i]!)
    if (type === 10) view.setUint16(at, values[i]!)
  }
  return bytes
}
