import type { Vector3, Volume } from '../volume/grid.ts'
import { decompress, mostVoxels } from './decompress.ts'
import { readFiniteIntensities } from './finite-intensities.ts'
import { placeNifti } from './nifti-affine.ts'
import { headerSize, type NiftiHeader, parseNiftiHeader, unreadable } from './nifti-header.ts'

export interface NiftiImage {
  /**
   * Intensities after the file's own scaling, in the file's order, on an LPS grid; non-finite ones
   * are 0.
   */
  readonly volume: Volume
  /** For writing a label map on the same grid. */
  readonly header: NiftiHeader
  /** False if the file does not state its orientation: the grid then assumes R, A, S. */
  readonly isOrientationStated: boolean
  /** Sentences about unused or contradictory parts of the header. */
  readonly notes: readonly string[]
  /** Number of non-finite voxels replaced by background. */
  readonly replacedVoxels: number
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
  if (!(columns > 0 && rows > 0 && slices > 0)) throw unreadable('it contains no voxels')
  if (voxels > mostVoxels) {
    throw unreadable(`its header states ${columns} x ${rows} x ${slices} voxels`)
  }
  return [columns, rows, slices]
}

function readStoredValues(bytes: Uint8Array, header: NiftiHeader, voxels: number) {
  const datatype = datatypes[header.datatype]
  if (datatype === undefined) {
    const kind = unsupported[header.datatype] ?? `values of unknown type ${header.datatype}`
    throw unreadable(`it contains ${kind} instead of plain intensities`)
  }
  const smallest = headerSize[header.version] + 4
  const start = Math.max(smallest, Math.floor(header.voxOffset) || 0)
  const end = start + voxels * datatype.size
  if (bytes.length < end) {
    throw unreadable(`it is truncated: ${bytes.length} of ${end} bytes are present`)
  }
  const stored = Buffer.from(bytes.slice(start, end).buffer)
  if (!header.littleEndian) {
    if (datatype.size === 2) stored.swap16()
    if (datatype.size === 4) stored.swap32()
    if (datatype.size === 8) stored.swap64()
  }
  return datatype.view(stored.buffer)
}

/**
 * Reads a NIfTI-1 or NIfTI-2 file, plain or gzip by its content, of either byte order: one volume
 * of scalar values, trailing axes of length 1 allowed. RAS becomes LPS here. Non-finite voxels
 * become background. Throws NIFTI_UNREADABLE with a sentence.
 */
export function readNifti(bytes: Uint8Array): NiftiImage {
  const content = decompress(bytes, unreadable)
  const header = parseNiftiHeader(content)
  const dimensions = readDimensions(header)
  const { affine, isStated, notes } = placeNifti(header)
  const voxels = dimensions[0] * dimensions[1] * dimensions[2]
  const { sclSlope, sclInter } = header
  const isScaled = Number.isFinite(sclSlope) && sclSlope !== 0
  const { intensities, replaced } = readFiniteIntensities(
    readStoredValues(content, header, voxels),
    isScaled ? sclSlope : 1,
    isScaled && Number.isFinite(sclInter) ? sclInter : 0,
    unreadable,
  )
  const volume = { dimensions, affine, intensities }
  return { volume, header, isOrientationStated: isStated, notes, replacedVoxels: replaced }
}
