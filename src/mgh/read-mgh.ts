import { decompress, mostVoxels } from '../nifti/decompress.ts'
import { readFiniteIntensities } from '../nifti/finite-intensities.ts'
import type { Volume } from '../volume/grid.ts'
import { determinantOf, spacingOf } from '../volume/patient-affine.ts'
import {
  type MghHeader,
  mghDataStart,
  parseMghHeader,
  placeMgh,
  unreadableMgh,
} from './mgh-header.ts'

export interface MghImage {
  /** Intensities in the file's order, on an LPS grid. */
  readonly volume: Volume
  /** Number of non-finite voxels replaced by background. */
  readonly replacedVoxels: number
}

/** Maximum relative difference between voxel sizes from axis steps and stated sizes. */
const sameSize = 0.01

interface Datatype {
  readonly size: 1 | 2 | 4
  readonly view: (buffer: ArrayBuffer) => ArrayLike<number>
}

/** The scalar types of FreeSurfer's mri.h. */
const datatypes: Readonly<Record<number, Datatype>> = {
  0: { size: 1, view: (buffer) => new Uint8Array(buffer) },
  1: { size: 4, view: (buffer) => new Int32Array(buffer) },
  3: { size: 4, view: (buffer) => new Float32Array(buffer) },
  4: { size: 2, view: (buffer) => new Int16Array(buffer) },
  10: { size: 2, view: (buffer) => new Uint16Array(buffer) },
}

function checkDimensions({ dimensions, frames }: MghHeader): number {
  const [columns, rows, slices] = dimensions
  const voxels = columns * rows * slices
  if (frames > 1) throw unreadableMgh(`it holds ${frames} volumes; give one volume per file`)
  if (voxels === 0 || frames < 1) throw unreadableMgh('it contains no voxels')
  if (voxels > mostVoxels) {
    throw unreadableMgh(`its header states ${columns} x ${rows} x ${slices} voxels`)
  }
  if (dimensions.includes(1)) {
    throw unreadableMgh('it contains a single slice or surface values, not a volume')
  }
  return voxels
}

function readStoredValues(content: Uint8Array, type: number, voxels: number): ArrayLike<number> {
  const datatype = datatypes[type]
  if (datatype === undefined) {
    throw unreadableMgh(`it contains values of type ${type} instead of plain intensities`)
  }
  const end = mghDataStart + voxels * datatype.size
  if (content.length < end) {
    throw unreadableMgh(`it is truncated: ${content.length} of ${end} bytes are present`)
  }
  const stored = Buffer.from(content.slice(mghDataStart, end).buffer)
  if (datatype.size === 2) stored.swap16()
  if (datatype.size === 4) stored.swap32()
  return datatype.view(stored.buffer)
}

/**
 * Reads FreeSurfer's .mgh and .mgz: one volume of scalar values, plain or gzip by its content. RAS
 * becomes LPS here. Non-finite voxels become background. Throws MGH_UNREADABLE with a sentence.
 */
export function readMgh(bytes: Uint8Array): MghImage {
  const content = decompress(bytes, unreadableMgh)
  const header = parseMghHeader(content)
  const voxels = checkDimensions(header)
  const affine = placeMgh(header)
  if (!affine.every(Number.isFinite) || !(Math.abs(determinantOf(affine)) > 1e-9)) {
    throw unreadableMgh('it does not state the size and orientation of its voxels')
  }
  // Orthogonal unit directions: otherwise steps and sizes of the voxels contradict each other.
  const [x, y, z] = header.spacing
  const steps = spacingOf(affine)
  const ratios = [
    Math.abs(determinantOf(affine)) / (x * y * z),
    ...header.spacing.map((mm, axis) => steps[axis]! / mm),
  ]
  if (!ratios.every((ratio) => Math.abs(ratio - 1) < sameSize)) {
    throw unreadableMgh('the directions of its axes contradict the size of its voxels')
  }
  const stored = readStoredValues(content, header.type, voxels)
  const { intensities, replaced } = readFiniteIntensities(stored, 1, 0, unreadableMgh)
  return {
    volume: { dimensions: header.dimensions, affine, intensities },
    replacedVoxels: replaced,
  }
}
