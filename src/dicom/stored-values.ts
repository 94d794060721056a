import type { PixelFormat } from './pixel-format.ts'

/**
 * Turns bits as allocated into intensities: keeps the stored bits (older files keep overlays above
 * them), extends the sign at BitsStored, mirrors MONOCHROME1 and rescales.
 *
 * MONOCHROME1 says that the smallest value is shown white (PS3.3 C.7.6.3.1.2). Here a larger
 * intensity always means a brighter voxel, so such values are mirrored within the stored range
 * before rescale: v becomes 2^BitsStored - 1 - v, or -1 - v when signed.
 */
export function toIntensities(
  bits: ArrayLike<number>,
  format: PixelFormat,
  rescaleSlope: number,
  rescaleIntercept: number,
): Float32Array {
  const { bitsStored, highBit, signed } = format
  const shift = highBit + 1 - bitsStored
  const range = 2 ** bitsStored
  const signBit = signed ? range / 2 : range
  const mirrored = format.photometricInterpretation === 'MONOCHROME1'
  const highest = signed ? -1 : range - 1
  const mask = bitsStored === 32 ? 0xffffffff : range - 1
  const intensities = new Float32Array(bits.length)
  for (let index = 0; index < bits.length; index += 1) {
    const stored = (((bits[index] as number) >>> shift) & mask) >>> 0
    const value = stored >= signBit ? stored - range : stored
    intensities[index] = (mirrored ? highest - value : value) * rescaleSlope + rescaleIntercept
  }
  return intensities
}

/** Float (32 bits) or Double Float (64 bits) Pixel Data, little endian, rescaled. */
export function floatIntensities(
  bytes: Uint8Array,
  format: PixelFormat,
  rescaleSlope: number,
  rescaleIntercept: number,
): Float32Array {
  const { buffer, byteOffset } = bytes
  const values =
    format.bitsAllocated === 64
      ? new Float64Array(buffer, byteOffset, bytes.length / 8)
      : new Float32Array(buffer, byteOffset, bytes.length / 4)
  return Float32Array.from(values, (value) => value * rescaleSlope + rescaleIntercept)
}
