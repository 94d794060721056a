import dicomParser, { type DataSet, type Element } from 'dicom-parser'
import { findTag } from './dictionary.ts'
import { GuardedByteStream } from './guarded-byte-stream.ts'
import { lookUpVr } from './look-up-vr.ts'

/** Deeper than any image nests its sequences. */
const deepest = 8

const isUnknownSequence = ({ tag, vr, items }: Element) =>
  vr === 'UN' && items === undefined && findTag(tag.slice(1))?.vr === 'SQ'

/** Items of a value of UN: implicit VR little endian, whatever the transfer syntax (PS3.5 6.2.2). */
function readItems(bytes: Uint8Array, { tag, dataOffset, length }: Element) {
  const stream = new GuardedByteStream(dicomParser.littleEndianByteArrayParser, bytes)
  stream.position = dataOffset
  const sequence = { tag, length, dataOffset, vr: 'SQ' } as Element
  dicomParser.readSequenceItemsImplicit(stream, sequence, lookUpVr)
  return sequence.items
}

/**
 * Reads sequences that a system without knowledge of them wrote as UN with a defined length: an
 * Enhanced image has its whole geometry in them. Other values stay unchanged.
 */
export function openUnknownSequences(dataset: DataSet, depth = 0): void {
  if (depth > deepest) return
  for (const element of Object.values(dataset.elements)) {
    if (isUnknownSequence(element)) {
      try {
        const items = readItems(dataset.byteArray, element)
        if (items !== undefined) Object.assign(element, { vr: 'SQ', items })
      } catch {
        // The content contradicts its tag, so none of it is read.
      }
    } else {
      for (const { dataSet } of element.items ?? []) {
        if (dataSet !== undefined) openUnknownSequences(dataSet, depth + 1)
      }
    }
  }
}
