import dcmjs from 'dcmjs'
import { HippoError } from '../errors.ts'
import type { DicomAttributes, DicomDataset } from './dicom-instance.ts'
import { findTag } from './dictionary.ts'
import { type EncodedDataset, type EncodedElement, encodeAttributes } from './encode-attributes.ts'
import { encodeDataset } from './encode-dataset.ts'
import { parsePart10 } from './part10.ts'
import { readBytes, readNumbers, readSequence, readStrings } from './read-attributes.ts'
import { explicitLittleEndian, implementationClassUid, implementationVersionName } from './uids.ts'

const strictUid = /^(0|[1-9]\d*)(\.(0|[1-9]\d*))*$/

function refuse(attribute: string, problem: string): never {
  throw new HippoError('DICOM_WRITE_REFUSED', `${attribute} cannot be written: ${problem}.`, {
    details: { attribute },
  })
}

function fileMeta(sopClassUid: string, sopInstanceUid: string): Record<string, EncodedElement> {
  return {
    '00020001': { vr: 'OB', Value: [Uint8Array.of(0, 1).buffer] },
    '00020002': { vr: 'UI', Value: [sopClassUid] },
    '00020003': { vr: 'UI', Value: [sopInstanceUid] },
    '00020010': { vr: 'UI', Value: [explicitLittleEndian] },
    '00020012': { vr: 'UI', Value: [implementationClassUid] },
    '00020013': { vr: 'SH', Value: [implementationVersionName] },
  }
}

function trimValue(value: unknown): string {
  return String(value).replace(/^ +| +$/g, '')
}

function survived(dataset: DicomDataset, tag: string, { vr, Value }: EncodedElement): boolean {
  const keyword = findTag(tag)?.keyword ?? ''
  if (vr === 'SQ') {
    const items = readSequence(dataset, keyword)
    return (
      items?.length === Value.length &&
      items.every((item, index) => findLost(item, Value[index] as EncodedDataset) === undefined)
    )
  }
  if (Value[0] instanceof ArrayBuffer) {
    return Buffer.from(Value[0]).equals(readBytes(dataset, keyword) ?? new Uint8Array(0))
  }
  if (Value.length === 0) return readBytes(dataset, keyword)?.length === 0
  if (vr === 'AT') return readBytes(dataset, keyword)?.length === 4 * Value.length
  const read =
    typeof Value[0] === 'number'
      ? readNumbers(dataset, keyword)?.map((number, index) =>
          vr === 'FL' && number === Math.fround(Value[index] as number) ? Value[index] : number,
        )
      : readStrings(dataset, keyword)
  const written = Value.map(trimValue)
  const empty = written.every((value) => value === '')
  return (
    empty ||
    (read?.length === written.length && read.every((value, i) => trimValue(value) === written[i]))
  )
}

/** Keyword of the first attribute that differs in the file, or undefined. */
function findLost(dataset: DicomDataset, encoded: EncodedDataset): string | undefined {
  const lost = Object.entries(encoded).find(([tag, element]) => !survived(dataset, tag, element))
  return lost === undefined ? undefined : (findTag(lost[0])?.keyword ?? lost[0])
}

/** Meta information and data set. */
function encodeFile(meta: ReturnType<typeof fileMeta>, encoded: EncodedDataset): Uint8Array {
  const start = new dcmjs.data.DicomDict(meta).write({ allowInvalidVRLength: true })
  return Buffer.concat([new Uint8Array(start), ...encodeDataset(encoded)])
}

/**
 * Writes a DICOM file (PS3.10): explicit VR little endian, texts as UTF-8 (SpecificCharacterSet
 * ISO_IR 192). Equal input gives equal bytes. dcmjs encodes; everything it would drop, truncate or
 * corrupt is rejected first (encodeAttributes), and the file is read back and compared.
 *
 * `inherited` names attributes copied by copyModules that violate their VR in the source. DS
 * numbers are rounded to 16 characters; OB is padded to an even length.
 *
 * Throws DICOM_WRITE_REFUSED naming the attribute.
 */
export function writePart10(
  attributes: DicomAttributes,
  options: {
    readonly sopClassUid: string
    readonly sopInstanceUid: string
    readonly inherited?: readonly string[]
  },
): Uint8Array {
  const { sopClassUid, sopInstanceUid, inherited = [] } = options
  const fixed = {
    SpecificCharacterSet: 'ISO_IR 192',
    SOPClassUID: sopClassUid,
    SOPInstanceUID: sopInstanceUid,
  }
  for (const [keyword, value] of Object.entries(fixed)) {
    if (Object.hasOwn(attributes, keyword) && attributes[keyword] !== value) {
      refuse(keyword, `it is ${value} in this file`)
    }
    if (keyword !== 'SpecificCharacterSet' && (!strictUid.test(value) || value.length > 64)) {
      refuse(keyword, 'it is not a UID')
    }
  }
  const encoded = encodeAttributes({ ...attributes, ...fixed }, '', new Set(inherited))
  const bytes = encodeFile(fileMeta(sopClassUid, sopInstanceUid), encoded)
  const { dataset } = parsePart10(bytes)
  const lost = findLost(dataset, encoded)
  if (lost !== undefined) refuse(lost, 'reading the file back gave different values')
  return bytes
}
