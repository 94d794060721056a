import type { DataSet } from 'dicom-parser'
import { parsePart10 } from '../../src/dicom/part10.ts'

/** Location of an attribute in a file; offsets are from the start of the file. */
export interface ElementPlace {
  /** Eight hexadecimal digits. */
  readonly tag: string
  /** Undefined in implicit VR. */
  readonly vr: string | undefined
  /** Of its tag. */
  readonly start: number
  readonly value: number
  readonly length: number
  /** 0 outside of sequences. */
  readonly depth: number
  readonly little: boolean
  /** Offset and size of its length field. */
  readonly lengthAt: number
  readonly lengthBytes: 2 | 4
}

const longVrs = new Set(['OB', 'OD', 'OF', 'OL', 'OW', 'SQ', 'UC', 'UR', 'UT', 'UN', 'OV', 'SV'])
const enough = 4000

function listElements(
  dataset: DataSet,
  offset: number,
  depth: number,
  implicit: boolean,
  little: boolean,
  found: ElementPlace[],
): void {
  for (const element of Object.values(dataset.elements)) {
    if (found.length >= enough) return
    const vr = implicit ? undefined : element.vr
    const isLong = vr !== undefined && longVrs.has(vr)
    const head = isLong ? 12 : 8
    const start = offset + element.dataOffset - head
    found.push({
      tag: element.tag.slice(1),
      vr,
      start,
      value: offset + element.dataOffset,
      length: element.length,
      depth,
      little,
      lengthAt: start + head - (vr !== undefined && !isLong ? 2 : 4),
      lengthBytes: vr !== undefined && !isLong ? 2 : 4,
    })
    for (const { dataSet } of element.items ?? []) {
      if (dataSet) listElements(dataSet, offset, depth + 1, implicit, little, found)
    }
  }
}

const known = new WeakMap<Uint8Array, readonly ElementPlace[]>()

/** All attributes of a readable file, of all levels; none of a deflated one. */
export function locateElements(file: Uint8Array): readonly ElementPlace[] {
  const before = known.get(file)
  if (before !== undefined) return before
  const { dataset, transferSyntaxUid } = parsePart10(file)
  const found: ElementPlace[] = []
  const { byteArray } = dataset.parsed
  if (byteArray.buffer === file.buffer) {
    const implicit = transferSyntaxUid === '1.2.840.10008.1.2'
    const little = transferSyntaxUid !== '1.2.840.10008.1.2.2'
    const offset = byteArray.byteOffset - file.byteOffset
    listElements(dataset.parsed, offset, 0, implicit, little, found)
  }
  known.set(file, found)
  return found
}

/**
 * The file with bytes of an element's place replaced; `length` is the value of its length field.
 */
export function spliceElement(
  file: Uint8Array,
  place: ElementPlace,
  value: Uint8Array,
  length = value.length,
): Uint8Array {
  const { lengthAt, lengthBytes, little } = place
  const end = Math.min(file.length, place.value + place.length)
  const changed = Buffer.concat([file.subarray(0, place.value), value, file.subarray(end)])
  const claimed = lengthBytes === 2 ? length & 0xffff : length >>> 0
  if (little) changed.writeUIntLE(claimed, lengthAt, lengthBytes)
  else changed.writeUIntBE(claimed, lengthAt, lengthBytes)
  return new Uint8Array(changed)
}
