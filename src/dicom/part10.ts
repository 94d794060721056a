import { inflateRawSync } from 'node:zlib'
import dicomParser, { type DataSet, type Element } from 'dicom-parser'
import { HippoError } from '../errors.ts'
import { resolveCharacterSet } from './character-sets.ts'
import type { DicomInstance } from './dicom-instance.ts'
import { readFileHeader } from './file-header.ts'
import { GuardedByteStream } from './guarded-byte-stream.ts'
import { lookUpVr } from './look-up-vr.ts'
import { openUnknownSequences } from './open-unknown-sequences.ts'
import { readString } from './read-attributes.ts'

export type { DicomInstance } from './dicom-instance.ts'

const IMPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2'
const EXPLICIT_BIG_ENDIAN = '1.2.840.10008.1.2.2'
const DEFLATED = '1.2.840.10008.1.2.1.99'

/** Maximum size of an inflated file: otherwise a zip bomb of 1 MB could fill the memory. */
const MAXIMUM_INFLATED_BYTES = 256 * 2 ** 20

/** Of whole pixel data, which come last but for padding and signatures. */
const pixelTags = ['x7fe00008', 'x7fe00009', 'x7fe00010'] as const

const { DataSet: DataSetConstructor } = dicomParser as unknown as {
  DataSet: new (parser: unknown, bytes: Uint8Array, elements: Record<string, Element>) => DataSet
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

const isTooDeep = (error: unknown) =>
  error instanceof RangeError && /call stack/.test(error.message)

/** Reads the attributes after the header, all levels, leaving values where they are. */
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
  try {
    if (transferSyntaxUid === IMPLICIT_LITTLE_ENDIAN) {
      dicomParser.parseDicomDataSetImplicit(dataset, stream, bytes.length, {
        vrCallback: lookUpVr,
      } as unknown as { untilTag: string })
    } else {
      dicomParser.parseDicomDataSetExplicit(dataset, stream, bytes.length)
    }
  } catch (error) {
    // Some writers fill files up with zeros, or leave something else behind the images.
    const hasPixels = pixelTags.some((tag) => dataset.elements[tag] !== undefined)
    if (!hasPixels || stream.isExhausted || isTooDeep(error)) throw error
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
  if (isTooDeep(error)) {
    return new HippoError('DICOM_UNREADABLE', 'The file nests its sequences too deeply.')
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
  try {
    const header = readFileHeader(bytes)
    if (header === undefined) {
      const sentence =
        bytes.length === 0
          ? 'The file is empty.'
          : 'The file is not a DICOM file: the letters DICM after the preamble are missing.'
      throw new HippoError('DICOM_UNREADABLE', sentence)
    }
    const { transferSyntaxUid, end, notes } = header
    const body = transferSyntaxUid === DEFLATED ? inflate(bytes.subarray(end)) : bytes.subarray(end)
    const parsed = readDataset(body, transferSyntaxUid)
    const instance = describeInstance(bytes, transferSyntaxUid, parsed)
    return { ...instance, notes: [...notes, ...instance.notes] }
  } catch (error) {
    throw describeFailure(error)
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
