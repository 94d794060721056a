import { gunzipSync } from 'node:zlib'
import type { HippoError } from '../errors.ts'

/** A head at 0.5 mm has 130 million voxels; a header that claims more is damaged. */
export const mostVoxels = 2 ** 27
const mostBytes = mostVoxels * 8 + 2 ** 20

/**
 * Unpacks what is gzip by its content and returns anything else as it is. Throws what `unreadable` makes
 * of the reason.
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
  // A Buffer's slice() shares memory where a Uint8Array's copies: from here on it is the latter.
  return new Uint8Array(content.buffer, content.byteOffset, content.byteLength)
}
