import dcmjs from 'dcmjs'
import type { EncodedDataset, EncodedElement } from './encode-attributes.ts'
import { explicitLittleEndian } from './uids.ts'

const UNDEFINED_LENGTH = 0xffffffff

/** An item of a sequence, and the delimiters of item and sequence (PS3.5 7.5.1): tag and length. */
const itemStart = Buffer.from('feff00e0ffffffff', 'hex')
const itemEnd = Buffer.from('feff0de000000000', 'hex')
const sequenceEnd = Buffer.from('feffdde000000000', 'hex')

/** Tag, VR, two reserved bytes and a length of 32 bits (PS3.5 7.1.2). */
function longHeader(tag: string, vr: string, length: number): Buffer {
  const header = Buffer.alloc(12)
  header.writeUInt16LE(Number.parseInt(tag.slice(0, 4), 16), 0)
  header.writeUInt16LE(Number.parseInt(tag.slice(4), 16), 2)
  header.write(vr, 4, 'latin1')
  header.writeUInt32LE(length, 8)
  return header
}

type EncodeElement = (tag: string, element: EncodedElement) => Uint8Array

/** Encodes elements other than sequences with dcmjs; repeated texts are encoded once. */
function openElementEncoder(): EncodeElement {
  const stream = new dcmjs.data.WriteBufferStream(65_536, true)
  const options = { allowInvalidVRLength: true }
  const known = new Map<string, Uint8Array>()
  let written = 0
  return (tag, element) => {
    const { vr, Value } = element
    const text = typeof Value[0] === 'string' ? `${tag}${vr}${Value.join('\\')}` : undefined
    const before = text === undefined ? undefined : known.get(text)
    if (before !== undefined) return before
    dcmjs.data.DicomMessage.write({ [tag]: element }, stream, explicitLittleEndian, options)
    const bytes = new Uint8Array(stream.getBuffer(written, stream.size))
    written = stream.size
    if (text !== undefined) known.set(text, bytes)
    return bytes
  }
}

function encodeSequence(
  tag: string,
  items: EncodedElement['Value'],
  encode: EncodeElement,
): Uint8Array[] {
  const chunks: Uint8Array[] = [longHeader(tag, 'SQ', UNDEFINED_LENGTH)]
  for (const item of items) {
    chunks.push(itemStart, ...encodeElements(item as EncodedDataset, encode), itemEnd)
  }
  chunks.push(sequenceEnd)
  return chunks
}

function encodeElements(dataset: EncodedDataset, encode: EncodeElement): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (const tag of Object.keys(dataset).sort()) {
    const element = dataset[tag]!
    const { vr, Value } = element
    if (vr === 'SQ') {
      for (const chunk of encodeSequence(tag, Value, encode)) chunks.push(chunk)
    } else if (Value[0] instanceof ArrayBuffer && Value[0].byteLength % 2 === 0) {
      const bytes = new Uint8Array(Value[0])
      chunks.push(longHeader(tag, vr, bytes.length), bytes)
    } else chunks.push(encode(tag, element))
  }
  return chunks
}

/**
 * A data set in explicit VR little endian, in chunks to be joined; the same bytes as dcmjs's own.
 * dcmjs encodes the elements, but sequences and long values are assembled here, and equal texts are
 * encoded once: dcmjs copies nested content once per level, and a segmentation repeats most of its
 * content for every frame.
 */
export function encodeDataset(dataset: EncodedDataset): Uint8Array[] {
  return encodeElements(dataset, openElementEncoder())
}
