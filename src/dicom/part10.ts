import { inflateRawSync } from 'node:zlib'
import dicomParser, { type DataSet, type Element } from 'dicom-parser'
import { HippoError } from '../errors.ts'
import { resolveCharacterSet } from './character-sets.ts'
import type { DicomInstance } from './dicom-instance.ts'
import { GuardedByteStream } from './guarded-byte-stream.ts'
import { lookUpVr } from './look-up-vr.ts'
import { openUnknownSequences } from './open-unknown-sequences.ts'
import { readString } from './read-attributes.ts'

export type { DicomInstance } from './dicom-instance.ts'

const IMPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2'
const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1'
const EXPLICIT_BIG_ENDIAN = '1.2.840.10008.1.2.2'
const DEFLATED = '1.2.840.10008.1.2.1.99'

/** Maximum size of an inflated file: otherwise a zip bomb of 1 MB could fill the memory. */
const MAXIMUM_INFLATED_BYTES = 256 * 2 ** 20

const PREAMBLE_LENGTH = 132

const { DataSet: DataSetConstructor } = dicomParser as unknown as {
  DataSet: new (parser: unknown, bytes: Uint8Array, elements: Record<string, Element>) => DataSet
}

function hasPreamble(bytes: Uint8Array): boolean {
  return (
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', 128, 132) ===
    'DICM'
  )
}

/** File Meta Information (PS3.10 7.1): always explicit VR little endian, always group 0002. */
function readFileMeta(
  bytes: Uint8Array,
  start: number,
): { transferSyntaxUid: string; end: number } {
  const stream = new GuardedByteStream(dicomParser.littleEndianByteArrayParser, bytes)
  stream.position = start
  let transferSyntaxUid = ''
  while (stream.position + 8 <= bytes.length) {
    if (stream.byteArrayParser.readUint16(bytes, stream.position) !== 0x0002) break
    const element = dicomParser.readDicomElementExplicit(stream, [])
    if (element.tag === 'x00020010') {
      transferSyntaxUid = dicomParser
        .readFixedString(bytes, element.dataOffset, element.length)
        .trim()
    }
  }
  if (transferSyntaxUid === '') {
    throw new HippoError(
      'DICOM_UNREADABLE',
      'The file does not state its encoding (its header has no Transfer Syntax UID).',
    )
  }
  return { transferSyntaxUid, end: stream.position }
}

function inflate(bytes: Uint8Array): Uint8Array {
  try {
    return inflateRawSync(bytes, { maxOutputLength: MAXIMUM_INFLATED_BYTES })
  } catch (error) {
    throw new HippoError(
      'DICOM_UNREADABLE',
      'The deflated content of the file is damaged, truncated or too large.',
      { cause: error },
    )
  }
}

/** Reads the attributes after the header at all levels, without copying values. */
function readDataset(bytes: Uint8Array, transferSyntaxUid: string): DataSet {
  const parser =
    transferSyntaxUid === EXPLICIT_BIG_ENDIAN
      ? dicomParser.bigEndianByteArrayParser
      : dicomParser.littleEndianByteArrayParser
  const dataset = new DataSetConstructor(parser, bytes, {})
  dataset.warnings = []
  if (bytes.length === 0) return dataset
  const stream = new GuardedByteStream(parser, bytes)
  stream.warnings = dataset.warnings
  if (transferSyntaxUid === IMPLICIT_LITTLE_ENDIAN) {
    dicomParser.parseDicomDataSetImplicit(dataset, stream, bytes.length, {
      vrCallback: lookUpVr,
    } as unknown as { untilTag: string })
  } else {
    dicomParser.parseDicomDataSetExplicit(dataset, stream, bytes.length)
  }
  openUnknownSequences(dataset)
  if (dataset.warnings.some((warning) => /eof|missing sequence|unexpected tag/.test(warning))) {
    throw new HippoError(
      'DICOM_UNREADABLE',
      'The file is truncated: it ends within a sequence or its pixel data.',
    )
  }
  return dataset
}

function describeFailure(error: unknown): HippoError {
  if (error instanceof HippoError) return error
  if (error instanceof RangeError && /call stack/.test(error.message)) {
    return new HippoError('DICOM_UNREADABLE', 'The sequences of the file are nested too deeply.')
  }
  const text = error instanceof Error ? error.message : String(error)
  const reason = /past end|overrun|overread|greater than/.test(text)
    ? 'it ends in the middle of an attribute'
    : 'its attributes are not in a valid order'
  return new HippoError('DICOM_UNREADABLE', `The file is damaged or truncated: ${reason}.`, {
    cause: error,
  })
}

/**
 * Parses a DICOM file (PS3.10), also one without preamble or header: implicit or explicit VR,
 * little or big endian, deflated. Sequences written as UN are read. Pixel data are located, not
 * decoded; values are views of the bytes, so keep those unchanged.
 *
 * Throws DICOM_UNREADABLE if it is not DICOM, damaged, truncated, too deep or too large, and
 * ATTRIBUTE_MISSING without SOPClassUID or SOPInstanceUID.
 */
export function parsePart10(bytes: Uint8Array): DicomInstance {
  if (bytes.length < PREAMBLE_LENGTH || !hasPreamble(bytes)) return parseBare(bytes)
  try {
    const { transferSyntaxUid, end } = readFileMeta(bytes, PREAMBLE_LENGTH)
    const body = transferSyntaxUid === DEFLATED ? inflate(bytes.subarray(end)) : bytes.subarray(end)
    const parsed = readDataset(body, transferSyntaxUid)
    return describeInstance(bytes, transferSyntaxUid, parsed)
  } catch (error) {
    throw describeFailure(error)
  }
}

const bareNote =
  'The file lacks the preamble and file header that DICOM requires; its attributes were read anyway.'

/** Group and element of the first attribute. */
function readFirstTag(bytes: Uint8Array): readonly [group: number, element: number] {
  if (bytes.length < 8) return [0, 0]
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return [view.getUint16(0, true), view.getUint16(2, true)]
}

/**
 * A data set without preamble, with or without a header. Without one it is implicit VR little
 * endian, the default (PS3.5 10.1), unless the first tag is followed by the letters of a VR.
 * Compressed pixel data need a header that states it.
 */
function parseBare(bytes: Uint8Array): DicomInstance {
  const refusal = () =>
    new HippoError(
      'DICOM_UNREADABLE',
      bytes.length === 0
        ? 'The file is empty.'
        : 'The file is not a DICOM file: the letters DICM after the preamble are missing.',
    )
  const [group, element] = readFirstTag(bytes)
  const hasHeader = group === 0x0002 && element <= 0x0016
  if (!hasHeader && !(group === 0x0008 && element <= 0x0070)) throw refusal()
  try {
    const header = hasHeader ? readFileMeta(bytes, 0) : { transferSyntaxUid: '', end: 0 }
    const letters = Buffer.from(bytes.subarray(4, 6)).toString('latin1')
    const bareSyntax = /^[A-Z]{2}$/.test(letters) ? EXPLICIT_LITTLE_ENDIAN : IMPLICIT_LITTLE_ENDIAN
    const syntax = header.transferSyntaxUid || bareSyntax
    const rest = bytes.subarray(header.end)
    const parsed = readDataset(syntax === DEFLATED ? inflate(rest) : rest, syntax)
    const instance = describeInstance(bytes, syntax, parsed)
    return { ...instance, notes: [bareNote, ...instance.notes] }
  } catch {
    throw refusal()
  }
}

function describeInstance(
  bytes: Uint8Array,
  transferSyntaxUid: string,
  parsed: DataSet,
): DicomInstance {
  const bare = { parsed, characterSet: undefined, signedPixels: false }
  const { characterSet, note } = resolveCharacterSet(parsed.string('x00080005'))
  const dataset = {
    parsed,
    characterSet,
    signedPixels: parsed.elements.x00280103 !== undefined && parsed.uint16('x00280103') === 1,
  }
  const sopClassUid = readString(bare, 'SOPClassUID')
  const sopInstanceUid = readString(bare, 'SOPInstanceUID')
  if (sopClassUid === undefined || sopInstanceUid === undefined) {
    throw new HippoError(
      'ATTRIBUTE_MISSING',
      `The file has no ${sopClassUid === undefined ? 'SOPClassUID' : 'SOPInstanceUID'} and cannot be identified.`,
    )
  }
  return {
    bytes,
    transferSyntaxUid,
    sopClassUid,
    sopInstanceUid,
    dataset,
    notes: note === undefined ? [] : [note],
  }
}
