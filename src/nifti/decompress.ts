import { gunzipSync } from 'node:zlib'
import type { HippoError } from '../errors.ts'

/** A head at 0.5 mm has 130 million voxels; a header that states more is damaged. */
export const mostVoxels = 2 ** 27
const mostBytes = mostVoxels * 8 + 2 ** 20

/**
 * Decompresses gzip content and returns anything else unchanged. Throws the error made by
 * `unreadable`.
 */
export function decompress(
  bytes: Uint8Array,
  unreadable: (why: string, cause: unknown) => HippoError,
): Uint8Array {
  let content = bytes
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      content = gunzipSync(bytes, { maxOutputLength: mostBytes })
    } catch (error) {
      throw (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE'
        ? unreadable('it decompresses to far more data than a head needs', error)
        : unreadable('its compressed content is damaged or truncated', error)
    }
  }
  // A Buffer's slice() shares memory while a Uint8Array's copies: return the latter.
  return new Uint8Array(content.buffer, content.byteOffset, content.byteLength)
}
