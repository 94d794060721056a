import type { PixelFormat } from './pixel-format.ts'

/** Typed arrays require values of several bytes to be aligned to their size. */
function align(bytes: Uint8Array, size: number): Uint8Array {
  return bytes.byteOffset % size === 0 ? bytes : Uint8Array.prototype.slice.call(bytes)
}

/** Bits of native pixels, little endian, one value a pixel. */
export function readNativeBits(
  bytes: Uint8Array,
  bitsAllocated: number,
): Uint8Array | Uint16Array | Uint32Array {
  if (bitsAllocated === 8) return bytes
  const { buffer, byteOffset, length } = align(bytes, bitsAllocated / 8)
  return bitsAllocated === 16
    ? new Uint16Array(buffer, byteOffset, length / 2)
    : new Uint32Array(buffer, byteOffset, length / 4)
}

/**
 * Turns bits as allocated into intensities: keeps the stored bits (older files keep overlays above
 * them), extends the sign at BitsStored, inverts MONOCHROME1 and rescales.
 *
 * MONOCHROME1 displays the smallest value as white (PS3.3 C.7.6.3.1.2). Here a larger intensity
 * always means a brighter voxel, so such values are inverted within the stored range before
 * rescale: v becomes 2^BitsStored - 1 - v, or -1 - v when signed. Padding becomes 0, which all
 * later steps treat as background.
 */
export function toIntensities(
  bits: ArrayLike<number>,
  format: PixelFormat,
  rescaleSlope: number,
  rescaleIntercept: number,
): Float32Array {
  const { bitsStored, highBit, signed, padding } = format
  const [first, last] = [padding?.first ?? Number.NaN, padding?.last ?? Number.NaN]
  const highest = signed ? -1 : 2 ** bitsStored - 1
  const mirrored = format.photometricInterpretation === 'MONOCHROME1'
  // Shift left until the high bit is the sign, then right with sign or zero extension.
  const [up, down] = [31 - highBit, 32 - bitsStored]
  const intensities = new Float32Array(bits.length)
  for (let index = 0; index < bits.length; index += 1) {
    const raised = (bits[index] as number) << up
    const value = signed ? raised >> down : raised >>> down
    if (value >= first && value <= last) continue
    intensities[index] = (mirrored ? highest - value : value) * rescaleSlope + rescaleIntercept
  }
  return intensities
}

/**
 * Float (32 bits) or Double Float (64 bits) Pixel Data, little endian, rescaled. Padding and
 * non-finite values become 0.
 */
export function floatIntensities(
  bytes: Uint8Array,
  format: PixelFormat,
  rescaleSlope: number,
  rescaleIntercept: number,
): Float32Array {
  const { buffer, byteOffset } = align(bytes, format.bitsAllocated / 8)
  const values =
    format.bitsAllocated === 64
      ? new Float64Array(buffer, byteOffset, bytes.length / 8)
      : new Float32Array(buffer, byteOffset, bytes.length / 4)
  const [first, last] = [format.padding?.first ?? Number.NaN, format.padding?.last ?? Number.NaN]
  return Float32Array.from(values, (value) => {
    const rescaled = Math.fround(value * rescaleSlope + rescaleIntercept)
    return Number.isFinite(rescaled) && !(value >= first && value <= last) ? rescaled : 0
  })
}
