import { gunzipSync } from 'node:zlib'
import type { Vector3, Volume } from '../volume/grid.ts'
import { readNiftiAffine } from './nifti-affine.ts'
import { headerSize, type NiftiHeader, parseNiftiHeader, unreadable } from './nifti-header.ts'

export interface NiftiImage {
  /** Intensities after the file's own scaling, in the file's order, on an LPS grid; 0 where none is finite. */
  readonly volume: Volume
  /** For writing a label map on the same grid. */
  readonly header: NiftiHeader
}

interface Datatype {
  readonly size: 1 | 2 | 4 | 8
  readonly view: (buffer: ArrayBuffer) => ArrayLike<number> | ArrayLike<bigint>
}

/** The scalar datatypes of nifti1.h. */
const datatypes: Readonly<Record<number, Datatype>> = {
  2: { size: 1, view: (buffer) => new Uint8Array(buffer) },
  4: { size: 2, view: (buffer) => new Int16Array(buffer) },
  8: { size: 4, view: (buffer) => new Int32Array(buffer) },
  16: { size: 4, view: (buffer) => new Float32Array(buffer) },
  64: { size: 8, view: (buffer) => new Float64Array(buffer) },
  256: { size: 1, view: (buffer) => new Int8Array(buffer) },
  512: { size: 2, view: (buffer) => new Uint16Array(buffer) },
  768: { size: 4, view: (buffer) => new Uint32Array(buffer) },
  1024: { size: 8, view: (buffer) => new BigInt64Array(buffer) },
  1280: { size: 8, view: (buffer) => new BigUint64Array(buffer) },
}
const unsupported: Readonly<Record<number, string>> = {
  1: 'single bits',
  32: 'complex numbers',
  128: 'colours',
  1536: 'quadruple precision numbers',
  1792: 'complex numbers',
  2048: 'complex numbers',
  2304: 'colours',
}

/** A head at 0.5 mm has 130 million voxels; a header that claims more is damaged. */
const mostVoxels = 2 ** 27
const mostBytes = mostVoxels * 8 + 2 ** 20

function decompress(bytes: Uint8Array): Uint8Array {
  if (!(bytes[0] === 0x1f && bytes[1] === 0x8b)) return bytes
  try {
    return gunzipSync(bytes, { maxOutputLength: mostBytes })
  } catch (error) {
    throw (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE'
      ? unreadable('it unpacks to far more than a head', error)
      : unreadable('its compressed content is damaged or cut off', error)
  }
}

function readDimensions({ dim }: NiftiHeader): Vector3 {
  const [rank, columns, rows, slices, ...further] = dim as [number, number, number, number]
  const volumes = (further as number[])
    .slice(0, Math.max(0, rank - 3))
    .reduce((product, n) => product * Math.max(1, n), 1)
  if (!(rank >= 1 && rank <= 7)) throw unreadable('its header is damaged (number of axes)')
  if (rank < 3 || slices === 1) throw unreadable('it holds a single slice, not a volume')
  if (volumes !== 1) {
    throw unreadable(`it holds ${volumes} volumes; give one volume per file`)
  }
  const voxels = columns * rows * slices
  if (!(columns > 0 && rows > 0 && slices > 0)) throw unreadable('it holds no voxels')
  if (voxels > mostVoxels) {
    throw unreadable(`its header claims ${columns} x ${rows} x ${slices} voxels`)
  }
  return [columns, rows, slices]
}

function readStoredValues(bytes: Uint8Array, header: NiftiHeader, voxels: number) {
  const datatype = datatypes[header.datatype]
  if (datatype === undefined) {
    const kind = unsupported[header.datatype] ?? `values of the unknown type ${header.datatype}`
    throw unreadable(`it holds ${kind} instead of plain intensities`)
  }
  const smallest = headerSize[header.version] + 4
  const start = Math.max(smallest, Math.floor(header.voxOffset) || 0)
  const end = start + voxels * datatype.size
  if (bytes.length < end) {
    throw unreadable(`it is cut off: ${bytes.length} of ${end} bytes are there`)
  }
  const stored = Buffer.from(bytes.slice(start, end).buffer)
  if (!header.littleEndian) {
    if (datatype.size === 2) stored.swap16()
    if (datatype.size === 4) stored.swap32()
    if (datatype.size === 8) stored.swap64()
  }
  return datatype.view(stored.buffer)
}

function scaleValues(
  stored: ArrayLike<number> | ArrayLike<bigint>,
  { sclSlope, sclInter }: NiftiHeader,
): Float32Array {
  const scaled = Number.isFinite(sclSlope) && sclSlope !== 0
  const slope = scaled ? sclSlope : 1
  const intercept = scaled && Number.isFinite(sclInter) ? sclInter : 0
  const intensities = new Float32Array(stored.length)
  let constant = true
  for (let i = 0; i < stored.length; i++) {
    intensities[i] = Number(stored[i]!) * slope + intercept
    // Programs that strip a head may write NaN around it: background, as 0 is.
    if (!Number.isFinite(intensities[i])) intensities[i] = 0
    if (intensities[i] !== intensities[0]) constant = false
  }
  if (constant) throw unreadable('it is empty: all voxels have the same value')
  return intensities
}

/**
 * Reads a NIfTI-1 or NIfTI-2 file, plain or gzip by its content, of either byte order: one volume of
 * scalar values, trailing axes of length 1 allowed. RAS becomes LPS here. Throws NIFTI_UNREADABLE with
 * a sentence.
 */
export function readNifti(bytes: Uint8Array): NiftiImage {
  const { buffer, byteOffset, byteLength } = decompress(bytes)
  // A Buffer's slice() shares memory where a Uint8Array's copies: from here on it is the latter.
  const content = new Uint8Array(buffer, byteOffset, byteLength)
  const header = parseNiftiHeader(content)
  const dimensions = readDimensions(header)
  const affine = readNiftiAffine(header)
  const voxels = dimensions[0] * dimensions[1] * dimensions[2]
  const intensities = scaleValues(readStoredValues(content, header, voxels), header)
  return { volume: { dimensions, affine, intensities }, header }
}
