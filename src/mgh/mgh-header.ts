import { HippoError } from '../errors.ts'
import type { Affine, Vector3 } from '../volume/grid.ts'

/**
 * The parts of FreeSurfer's header needed to read and position the voxels. Big endian; RAS as in
 * the file.
 */
export interface MghHeader {
  readonly dimensions: Vector3
  readonly frames: number
  /** 0 bytes, 1 int32, 3 float32, 4 int16, 10 uint16. */
  readonly type: number
  /** Millimetres between voxels along each axis. */
  readonly spacing: Vector3
  /** Unit steps of the three axes, RAS. */
  readonly directions: readonly [Vector3, Vector3, Vector3]
  /** RAS millimetres of the middle voxel (columns / 2, rows / 2, slices / 2). */
  readonly center: Vector3
}

/** Voxels always start here. */
export const mghDataStart = 284

/** The lowest byte of the first number is the version; FreeSurfer 7 keeps an intent in the next two. */
const version = 1
const largestFirst = 0xffffff

export function unreadableMgh(why: string, cause?: unknown): HippoError {
  return new HippoError(
    'MGH_UNREADABLE',
    `The file cannot be read as a FreeSurfer image: ${why}.`,
    {
      cause,
    },
  )
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Whether uncompressed content starts like FreeSurfer's .mgh files. */
export function looksLikeMgh(bytes: Uint8Array): boolean {
  if (bytes.length < 28) return false
  const view = viewOf(bytes)
  const first = view.getInt32(0)
  const [columns, rows, slices, frames] = [4, 8, 12, 16].map((offset) => view.getInt32(offset))
  return (
    (first & 0xff) === version &&
    first >= 0 &&
    first <= largestFirst &&
    [columns!, rows!, slices!, frames!].every((count) => count >= 0 && count < 2 ** 24)
  )
}

/**
 * Reads the header of an uncompressed .mgh file (FreeSurfer's mri.h and its wiki, MghFormat).
 * Throws MGH_UNREADABLE, also if the file does not state the size of its voxels (goodRASFlag).
 */
export function parseMghHeader(bytes: Uint8Array): MghHeader {
  if (!looksLikeMgh(bytes)) throw unreadableMgh('it does not start with a header')
  if (bytes.length < mghDataStart) throw unreadableMgh('it is too short for a header')
  const view = viewOf(bytes)
  const int = (offset: number) => view.getInt32(offset)
  const vector = (offset: number): Vector3 => [
    view.getFloat32(offset),
    view.getFloat32(offset + 4),
    view.getFloat32(offset + 8),
  ]
  if (view.getInt16(28) <= 0) {
    throw unreadableMgh('it does not state the size and orientation of its voxels')
  }
  return {
    dimensions: [int(4), int(8), int(12)],
    frames: int(16),
    type: int(20),
    spacing: vector(30),
    directions: [vector(42), vector(54), vector(66)],
    center: vector(78),
  }
}

/** The affine from voxel indices to LPS millimetres; x and y of RAS change sign. */
export function placeMgh({ dimensions, spacing, directions, center }: MghHeader): Affine {
  const step = (axis: number, i: number) => directions[axis]![i]! * spacing[axis]!
  const row = (i: 0 | 1 | 2) => {
    const steps = [step(0, i), step(1, i), step(2, i)]
    const origin = center[i] - steps.reduce((sum, mm, k) => sum + (mm * dimensions[k]!) / 2, 0)
    const sign = i < 2 ? -1 : 1
    return [...steps, origin].map((value) => (sign === 1 ? value : 0 - value))
  }
  return [...row(0), ...row(1), ...row(2), 0, 0, 0, 1]
}
