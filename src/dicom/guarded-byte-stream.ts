import dicomParser, { type ByteArrayParser } from 'dicom-parser'
import { HippoError } from '../errors.ts'

/** Maximum number of elements and items in one file; a multi-frame image has about 75 per frame. */
const MAXIMUM_ELEMENTS = 500_000

/**
 * dicom-parser's byte stream with additional limits: the parser skips an element without checking
 * the length of the file, and would create any number of objects from a malicious file. Depth needs
 * no limit: the parser recurses, and parsePart10 catches the stack overflow.
 */
export class GuardedByteStream extends dicomParser.ByteStream {
  #elements = 0

  /** Whether the file has more elements and items than are read. */
  get isExhausted(): boolean {
    return this.#elements > MAXIMUM_ELEMENTS
  }

  constructor(parser: ByteArrayParser, bytes: Uint8Array) {
    super(parser, bytes, 0)
  }

  override seek = (offset: number): void => {
    const position = this.position + offset
    if (position < 0 || position > this.byteArray.length) {
      throw new HippoError(
        'DICOM_UNREADABLE',
        'The file is truncated: it ends in the middle of an attribute.',
        { details: { position: this.position, needed: offset, length: this.byteArray.length } },
      )
    }
    this.position = position
  }

  override readUint32 = (): number => {
    this.#count()
    const value = this.byteArrayParser.readUint32(this.byteArray, this.position)
    this.position += 4
    return value
  }

  override readFixedString = (length: number): string => {
    this.#count()
    const text = dicomParser.readFixedString(this.byteArray, this.position, length)
    this.position += length
    // dicom-parser 1.8.21 does not know that these have a 32-bit length (PS3.5 7.1.2): UN has.
    return text === 'OV' || text === 'SV' || text === 'UV' ? 'UN' : text
  }

  #count(): void {
    this.#elements += 1
    if (this.isExhausted) {
      throw new HippoError(
        'DICOM_UNREADABLE',
        `The file has more than ${MAXIMUM_ELEMENTS} attributes and is rejected.`,
      )
    }
  }
}
