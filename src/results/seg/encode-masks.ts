/** One frame of a segmentation: the voxels of one label on one slice. */
export interface MaskFrame {
  readonly label: number
  /** Index of the slice in the label map. */
  readonly slice: number
}

export interface EncodedMasks {
  readonly type: 'BINARY' | 'FRACTIONAL'
  readonly pixelData: Uint8Array
}

/** Value of a voxel inside a segment written in 8 bits. */
export const maximumFractionalValue = 255

/**
 * Writes masks as pixel data, frame after frame. One bit per voxel (BINARY, PS3.3 A.51), the first
 * in the least significant bit (PS3.5 8.1.1), if each frame fills whole bytes and no pad byte is
 * needed. Otherwise 8 bits per voxel, 0 or the maximum (FRACTIONAL, OCCUPANCY): OHIF 3.13 corrupts
 * 1-bit frames that start inside a byte and hangs on those with a pad byte, and both encodings are
 * equivalent.
 */
export function encodeMasks(
  labels: Uint8Array,
  frameVoxels: number,
  frames: readonly MaskFrame[],
): EncodedMasks {
  const voxels = frameVoxels * frames.length
  const isBinary = frameVoxels % 8 === 0 && (voxels / 8) % 2 === 0
  const pixelData = new Uint8Array(isBinary ? voxels / 8 : voxels)
  for (const [index, { label, slice }] of frames.entries()) {
    const plane = labels.subarray(slice * frameVoxels, (slice + 1) * frameVoxels)
    // Most of a frame is empty: the native search for the next voxel is much faster than a loop.
    for (let voxel = plane.indexOf(label); voxel >= 0; voxel = plane.indexOf(label, voxel + 1)) {
      const at = index * frameVoxels + voxel
      if (isBinary) pixelData[at >> 3]! |= 1 << (at & 7)
      else pixelData[at] = maximumFractionalValue
    }
  }
  return { type: isBinary ? 'BINARY' : 'FRACTIONAL', pixelData }
}
