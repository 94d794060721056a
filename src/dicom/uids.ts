import { createHash } from 'node:crypto'

/** This product's own UUID namespace (RFC 9562 6.6): names in it do not collide with others. */
const NAMESPACE = '6f2b0b54-3a0e-4d0c-9a57-8e1f7c52d9b1'

/** Identifies this product as the writer of a file (PS3.10 7.1); the same for all versions. */
export const implementationClassUid = makeUid('implementation-class')

/** At most 16 characters (SH). */
export const implementationVersionName = 'HIPPOVOLUME'

/**
 * A UID derived from what it identifies: UUIDv5 of the parts in this product's namespace as '2.25.'
 * and its decimal value (PS3.5 B.2), at most 44 characters. Equal parts give equal UIDs, so a
 * repeated job writes the same instances. Parts are kept distinct whatever characters they contain.
 */
export function makeUid(...parts: readonly (string | number)[]): string {
  const name = parts.map((part) => encodeURIComponent(part)).join('|')
  const digest = createHash('sha1')
    .update(Buffer.from(NAMESPACE.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest()
    .subarray(0, 16)
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x50, 6)
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8)
  return `2.25.${BigInt(`0x${digest.toString('hex')}`)}`
}

/** Transfer syntax of everything written here (PS3.5 A.2). */
export const explicitLittleEndian = '1.2.840.10008.1.2.1'
