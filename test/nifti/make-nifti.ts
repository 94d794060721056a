/** Writes NIfTI bytes field by field from the standard's offsets, apart from the code under test. */
export interface NiftiFields {
  version?: 1 | 2
  littleEndian?: boolean
  dim?: readonly number[]
  datatype?: number
  values?: ArrayLike<number>
  slope?: number
  intercept?: number
  pixdim?: readonly number[]
  units?: number
  qform?: { code: number; quaternion: readonly number[]; offset: readonly number[] }
  sform?: { code: number; rows: readonly number[] }
  voxOffset?: number
  magic?: string
}

const sizes: Record<number, number> = {
  2: 1, 4: 2, 8: 4, 16: 4, 32: 8, 64: 8, 128: 3, 256: 1, 512: 2, 768: 4, 1024: 8, 1280: 8,
} // biome-ignore format: a table

export function makeNifti(fields: NiftiFields = {}): Uint8Array {
  const {
    version = 1,
    littleEndian = true,
    dim = [3, 3, 4, 2],
    datatype = 4,
    slope = 1,
    intercept = 0,
    pixdim = [1, 1, 1, 1],
    units = 2,
    qform,
    sform = qform ? undefined : { code: 1, rows: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0] },
    voxOffset = version === 1 ? 352 : 544,
    magic = `n+${version}\0`,
  } = fields
  const voxels = dim.slice(1, 1 + Math.max(0, dim[0]!)).reduce((a, b) => a * b, 1)
  const values = fields.values ?? Array.from({ length: Math.min(voxels, 1e6) }, (_, i) => i)
  const size = sizes[datatype] ?? 1
  const bytes = new Uint8Array(voxOffset + values.length * size)
  const view = new DataView(bytes.buffer)
  const v1 = version === 1
  const real = (one: number, two: number, value: number, i = 0) =>
    v1
      ? view.setFloat32(one + 4 * i, value, littleEndian)
      : view.setFloat64(two + 8 * i, value, littleEndian)
  const code = (one: number, two: number, value: number) =>
    v1 ? view.setInt16(one, value, littleEndian) : view.setInt32(two, value, littleEndian)
  view.setInt32(0, v1 ? 348 : 540, littleEndian)
  bytes.set(new TextEncoder().encode(magic), v1 ? 344 : 4)
  for (const [i, n] of [...dim, 1, 1, 1, 1, 1, 1, 1].slice(0, 8).entries()) {
    if (v1) view.setInt16(40 + 2 * i, n, littleEndian)
    else view.setBigInt64(16 + 8 * i, BigInt(n), littleEndian)
  }
  view.setInt16(v1 ? 70 : 12, datatype, littleEndian)
  view.setInt16(v1 ? 72 : 14, size * 8, littleEndian)
  for (const [i, mm] of pixdim.entries()) real(76, 104, mm, i)
  if (v1) view.setFloat32(108, voxOffset, littleEndian)
  else view.setBigInt64(168, BigInt(voxOffset), littleEndian)
  real(112, 176, slope)
  real(116, 184, intercept)
  if (v1) view.setUint8(123, units)
  else view.setInt32(500, units, littleEndian)
  code(252, 344, qform?.code ?? 0)
  code(254, 348, sform?.code ?? 0)
  for (const [i, q] of (qform?.quaternion ?? []).entries()) real(256, 352, q, i)
  for (const [i, q] of (qform?.offset ?? []).entries()) real(268, 376, q, i)
  for (const [i, s] of (sform?.rows ?? []).entries()) real(280, 400, s, i)
  for (let i = 0; i < values.length; i++) {
    const at = voxOffset + i * size
    const value = values[i]!
    if (datatype === 2) view.setUint8(at, value)
    if (datatype === 256) view.setInt8(at, value)
    if (datatype === 4) view.setInt16(at, value, littleEndian)
    if (datatype === 512) view.setUint16(at, value, littleEndian)
    if (datatype === 8) view.setInt32(at, value, littleEndian)
    if (datatype === 768) view.setUint32(at, value, littleEndian)
    if (datatype === 16) view.setFloat32(at, value, littleEndian)
    if (datatype === 64) view.setFloat64(at, value, littleEndian)
    if (datatype === 1024) view.setBigInt64(at, BigInt(value), littleEndian)
    if (datatype === 1280) view.setBigUint64(at, BigInt(value), littleEndian)
  }
  return bytes
}
