import { HippoError } from '../errors.ts'

/**
 * The parts of a NIfTI-1 or NIfTI-2 header needed to read and position the voxels. RAS as in the
 * file.
 */
export interface NiftiHeader {
  readonly version: 1 | 2
  readonly littleEndian: boolean
  /** Rank, then the sizes of up to seven axes. */
  readonly dim: readonly number[]
  readonly datatype: number
  /** qfac, then the sizes of a voxel along up to seven axes. */
  readonly pixdim: readonly number[]
  readonly voxOffset: number
  readonly sclSlope: number
  readonly sclInter: number
  /** Spatial unit: 0 unknown, 1 metre, 2 millimetre, 3 micrometre. */
  readonly spatialUnit: number
  readonly qformCode: number
  readonly sformCode: number
  /** b, c, d of the unit quaternion. */
  readonly quaternion: readonly [number, number, number]
  readonly qoffset: readonly [number, number, number]
  /** Three rows of four. */
  readonly srow: readonly number[]
  /** The header's own bytes, so that a label map can be written with exactly the same grid. */
  readonly raw: Uint8Array
}

/** Bytes of the header itself; four more flag its extensions. */
export const headerSize = { 1: 348, 2: 540 } as const

/** Offsets of the fields in each version (nifti1.h, nifti2.h). */
export const fieldOffsets = {
  1: {
    magic: 344,
    dim: 40,
    intentCode: 68,
    datatype: 70,
    bitpix: 72,
    pixdim: 76,
    voxOffset: 108,
    sclSlope: 112,
    sclInter: 116,
    calMax: 124,
    calMin: 128,
    xyztUnits: 123,
    qformCode: 252,
    sformCode: 254,
    quaternion: 256,
    qoffset: 268,
    srow: 280,
  },
  2: {
    magic: 4,
    dim: 16,
    intentCode: 504,
    datatype: 12,
    bitpix: 14,
    pixdim: 104,
    voxOffset: 168,
    sclSlope: 176,
    sclInter: 184,
    calMax: 192,
    calMin: 200,
    xyztUnits: 500,
    qformCode: 344,
    sformCode: 348,
    quaternion: 352,
    qoffset: 376,
    srow: 400,
  },
} as const

export function unreadable(why: string, cause?: unknown): HippoError {
  return new HippoError('NIFTI_UNREADABLE', `The file cannot be read as a NIfTI image: ${why}.`, {
    cause,
  })
}

function recognize(view: DataView): { version: 1 | 2; littleEndian: boolean } {
  for (const littleEndian of [true, false]) {
    const size = view.getInt32(0, littleEndian)
    if (size === headerSize[1]) return { version: 1, littleEndian }
    if (size === headerSize[2] && view.byteLength >= headerSize[2]) {
      return { version: 2, littleEndian }
    }
  }
  throw unreadable('it does not start with a NIfTI header')
}

function checkMagic(bytes: Uint8Array, version: 1 | 2): void {
  const start = fieldOffsets[version].magic
  const magic = String.fromCharCode(...bytes.subarray(start, start + 3))
  if (magic === `n+${version}`) return
  throw unreadable(
    magic === `ni${version}`
      ? 'it is one half of a .hdr and .img pair; only single .nii or .nii.gz files are read'
      : 'it is an Analyze file, which does not state the orientation of the head',
  )
}

/** Reads the header of an uncompressed NIfTI file. Throws NIFTI_UNREADABLE. */
export function parseNiftiHeader(bytes: Uint8Array): NiftiHeader {
  if (bytes.length < headerSize[1]) throw unreadable('it is too short for a header')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const { version, littleEndian } = recognize(view)
  checkMagic(bytes, version)
  const at = fieldOffsets[version]
  const short = (offset: number) => view.getInt16(offset, littleEndian)
  const long = (offset: number) => Number(view.getBigInt64(offset, littleEndian))
  const real = (offset: number, i = 0) =>
    version === 1
      ? view.getFloat32(offset + 4 * i, littleEndian)
      : view.getFloat64(offset + 8 * i, littleEndian)
  const code = (offset: number) =>
    version === 1 ? short(offset) : view.getInt32(offset, littleEndian)
  const units =
    version === 1 ? view.getUint8(at.xyztUnits) : view.getInt32(at.xyztUnits, littleEndian)
  const range = (count: number) => Array.from({ length: count }, (_, i) => i)
  return {
    version,
    littleEndian,
    dim: range(8).map((i) => (version === 1 ? short(at.dim + 2 * i) : long(at.dim + 8 * i))),
    datatype: short(at.datatype),
    pixdim: range(8).map((i) => real(at.pixdim, i)),
    voxOffset: version === 1 ? real(at.voxOffset) : long(at.voxOffset),
    sclSlope: real(at.sclSlope),
    sclInter: real(at.sclInter),
    spatialUnit: units & 7,
    qformCode: code(at.qformCode),
    sformCode: code(at.sformCode),
    quaternion: [real(at.quaternion), real(at.quaternion, 1), real(at.quaternion, 2)],
    qoffset: [real(at.qoffset), real(at.qoffset, 1), real(at.qoffset, 2)],
    srow: range(12).map((i) => real(at.srow, i)),
    raw: bytes.slice(0, headerSize[version]),
  }
}
