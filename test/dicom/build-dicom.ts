import { deflateRawSync } from 'node:zlib'

/** A value: bytes as they are, a text (Latin-1), numbers of the VR, or items. */
type Value = Uint8Array | string | readonly number[] | readonly Elements[]

/** Elements as 'gggg,eeee VR' to value, written in this order. */
export interface Elements {
  readonly [tagAndVr: string]: Value
}

export const syntaxes = {
  implicit: '1.2.840.10008.1.2',
  explicit: '1.2.840.10008.1.2.1',
  bigEndian: '1.2.840.10008.1.2.2',
  deflated: '1.2.840.10008.1.2.1.99',
  rle: '1.2.840.10008.1.2.5',
} as const

const longVrs = new Set(['OB', 'OW', 'OF', 'OD', 'OV', 'SQ', 'UT', 'UC', 'UR', 'UN', 'SV', 'UV'])
const numberSizes: Record<string, number> = { US: 2, SS: 2, UL: 4, SL: 4, FL: 4, FD: 8 }

interface Encoding {
  readonly implicit: boolean
  readonly little: boolean
  /** Sequences and items with undefined length and delimiters. */
  readonly undefinedLengths: boolean
}

function whole(value: number, size: 2 | 4, little: boolean): Buffer {
  const bytes = Buffer.alloc(size)
  if (little) bytes.writeUIntLE(value, 0, size)
  else bytes.writeUIntBE(value, 0, size)
  return bytes
}

function tag(group: number, element: number, { little }: Encoding): Buffer {
  return Buffer.concat([whole(group, 2, little), whole(element, 2, little)])
}

function encodeNumbers(values: readonly number[], vr: string, little: boolean): Buffer {
  const size = numberSizes[vr] ?? 2
  const view = new DataView(new ArrayBuffer(size * values.length))
  values.forEach((value, index) => {
    const offset = index * size
    if (vr === 'SS') view.setInt16(offset, value, little)
    else if (vr === 'SL') view.setInt32(offset, value, little)
    else if (vr === 'FL') view.setFloat32(offset, value, little)
    else if (vr === 'FD') view.setFloat64(offset, value, little)
    else if (size === 4) view.setUint32(offset, value, little)
    else view.setUint16(offset, value, little)
  })
  return Buffer.from(view.buffer)
}

function encodeItem(item: Elements, encoding: Encoding): Buffer {
  const content = encodeElements(item, encoding)
  const length = encoding.undefinedLengths ? 0xffffffff : content.length
  const parts = [tag(0xfffe, 0xe000, encoding), whole(length, 4, encoding.little), content]
  if (encoding.undefinedLengths) parts.push(tag(0xfffe, 0xe00d, encoding), Buffer.alloc(4))
  return Buffer.concat(parts)
}

function encodeValue(value: Value, vr: string, encoding: Encoding): Buffer {
  if (vr === 'SQ') {
    return Buffer.concat((value as readonly Elements[]).map((item) => encodeItem(item, encoding)))
  }
  const bytes =
    typeof value === 'string'
      ? Buffer.from(value, 'latin1')
      : value instanceof Uint8Array
        ? Buffer.from(value)
        : encodeNumbers(value as readonly number[], vr, encoding.little)
  const pad = vr === 'UI' || vr.startsWith('O') ? 0 : 0x20
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.of(pad)])
}

function encodeElements(elements: Elements, encoding: Encoding): Buffer {
  return Buffer.concat(
    Object.entries(elements).flatMap(([name, value]) => {
      const [group, element] = [name.slice(0, 4), name.slice(5, 9)].map((hex) =>
        Number.parseInt(hex as string, 16),
      ) as [number, number]
      const vr = name.slice(10)
      const content = encodeValue(value, vr, encoding)
      const undefinedLength = vr === 'SQ' && encoding.undefinedLengths
      const length = undefinedLength ? 0xffffffff : content.length
      const { little } = encoding
      const head = encoding.implicit
        ? [whole(length, 4, little)]
        : longVrs.has(vr)
          ? [Buffer.from(vr), Buffer.alloc(2), whole(length, 4, little)]
          : [Buffer.from(vr), whole(length, 2, little)]
      const parts = [tag(group, element, encoding), ...head, content]
      if (undefinedLength) parts.push(tag(0xfffe, 0xe0dd, encoding), Buffer.alloc(4))
      return parts
    }),
  )
}

/** A DICOM file of these elements, byte by byte, independent of the libraries under test. */
export function buildDicom(
  elements: Elements,
  transferSyntaxUid: string = syntaxes.explicit,
  undefinedLengths = false,
): Uint8Array {
  const meta = encodeElements(
    { '0002,0010 UI': transferSyntaxUid },
    { implicit: false, little: true, undefinedLengths: false },
  )
  const content = encodeElements(elements, {
    implicit: transferSyntaxUid === syntaxes.implicit,
    little: transferSyntaxUid !== syntaxes.bigEndian,
    undefinedLengths,
  })
  const body = transferSyntaxUid === syntaxes.deflated ? deflateRawSync(content) : content
  return new Uint8Array(Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), meta, body]))
}

/** Pixel data of compressed frames: offset table, one fragment for each part of each frame. */
export function encapsulate(
  frames: readonly (readonly Uint8Array[])[],
  withOffsetTable: boolean,
): Buffer {
  const encoding = { implicit: false, little: true, undefinedLengths: false }
  const item = (content: Uint8Array) =>
    Buffer.concat([tag(0xfffe, 0xe000, encoding), whole(content.length, 4, true), content])
  const parts = frames.map((fragments) => Buffer.concat(fragments.map(item)))
  let offset = 0
  const offsets = parts.map((part) => {
    const own = offset
    offset += part.length
    return own
  })
  const table = withOffsetTable ? encodeNumbers(offsets, 'UL', true) : new Uint8Array(0)
  return Buffer.concat([
    Buffer.from([0xe0, 0x7f, 0x10, 0, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff]),
    item(table),
    ...parts,
    tag(0xfffe, 0xe0dd, encoding),
    Buffer.alloc(4),
  ])
}

/** A classic MR image with 3 rows and 4 columns; `changes` add to or replace its elements. */
export function mrElements(changes: Elements = {}): Elements {
  const elements: Elements = {
    '0008,0005 CS': 'ISO_IR 100',
    '0008,0016 UI': '1.2.840.10008.5.1.4.1.1.4',
    '0008,0018 UI': '1.2.3.4',
    '0008,0060 CS': 'MR',
    '0010,0010 PN': 'Phantom^One',
    '0018,0050 DS': '1.5',
    '0018,0088 DS': '1.25',
    '0020,000d UI': '1.2.3',
    '0020,000e UI': '1.2.3.1',
    '0020,0032 DS': '-10.5\\20\\3.25',
    '0020,0037 DS': '1\\0\\0\\0\\1\\0',
    '0028,0002 US': [1],
    '0028,0004 CS': 'MONOCHROME2',
    '0028,0010 US': [3],
    '0028,0011 US': [4],
    '0028,0030 DS': '0.75\\0.5',
    '0028,0100 US': [16],
    '0028,0101 US': [16],
    '0028,0102 US': [15],
    '0028,0103 US': [0],
    '7fe0,0010 OW': [0, 1, 2, 3, 4, 5, 6, 7, 8, 255, 256, 65535],
    ...changes,
  }
  return Object.fromEntries(
    Object.entries(elements).sort(([a], [b]) => (a.slice(0, 9) < b.slice(0, 9) ? -1 : 1)),
  )
}

/** Without the elements whose tags begin like one of these. */
export function without(elements: Elements, ...tags: readonly string[]): Elements {
  return Object.fromEntries(
    Object.entries(elements).filter(([name]) => !tags.some((one) => name.startsWith(one))),
  )
}
