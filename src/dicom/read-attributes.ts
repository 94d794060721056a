import type { Element } from 'dicom-parser'
import { HippoError } from '../errors.ts'
import { decodeText, resolveCharacterSet } from './character-sets.ts'
import type { DicomDataset } from './dicom-instance.ts'
import { type DictionaryEntry, requireKeyword } from './dictionary.ts'

const textVrs = new Set(['SH', 'LO', 'ST', 'LT', 'UC', 'UT', 'PN'])
const singleValueVrs = new Set(['ST', 'LT', 'UT', 'UR'])
const decimalNumber = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const latin1 = new TextDecoder('latin1')

interface BinaryReader {
  readonly size: number
  readonly read: (view: DataView, offset: number, littleEndian: boolean) => number
}

const binaryReaders: Readonly<Record<string, BinaryReader>> = {
  US: { size: 2, read: (view, offset, little) => view.getUint16(offset, little) },
  SS: { size: 2, read: (view, offset, little) => view.getInt16(offset, little) },
  UL: { size: 4, read: (view, offset, little) => view.getUint32(offset, little) },
  SL: { size: 4, read: (view, offset, little) => view.getInt32(offset, little) },
  FL: { size: 4, read: (view, offset, little) => view.getFloat32(offset, little) },
  FD: { size: 8, read: (view, offset, little) => view.getFloat64(offset, little) },
}

function findElement(dataset: DicomDataset, entry: DictionaryEntry): Element | undefined {
  return dataset.parsed.elements[`x${entry.tag}`]
}

/** The VR in the file if it names one, else the dictionary's. */
function resolveVr(dataset: DicomDataset, entry: DictionaryEntry, element: Element): string {
  const written = element.vr
  const vr =
    written === undefined || !/^[A-Z]{2}$/.test(written) || written === 'UN' ? entry.vr : written
  if (vr === 'xs') return dataset.signedPixels ? 'SS' : 'US'
  return vr === 'ox' || vr === 'lt' ? 'OW' : vr
}

/** The raw bytes of a value, or undefined if the attribute is absent. */
export function readBytes(dataset: DicomDataset, keyword: string): Uint8Array | undefined {
  const element = findElement(dataset, requireKeyword(keyword))
  if (element === undefined || element.items !== undefined) return undefined
  const { byteArray } = dataset.parsed
  return byteArray.subarray(element.dataOffset, element.dataOffset + element.length)
}

/** True if the attribute is present, even empty. */
export function hasAttribute(dataset: DicomDataset, keyword: string): boolean {
  return findElement(dataset, requireKeyword(keyword)) !== undefined
}

/**
 * All values as texts without padding, in Unicode; an empty value keeps its position. Undefined if
 * the attribute is absent; an empty list if it is empty or not a text.
 */
export function readStrings(dataset: DicomDataset, keyword: string): readonly string[] | undefined {
  const entry = requireKeyword(keyword)
  const element = findElement(dataset, entry)
  const bytes = readBytes(dataset, keyword)
  if (element === undefined || bytes === undefined) return undefined
  const vr = resolveVr(dataset, entry, element)
  if (vr in binaryReaders) return (readNumbers(dataset, keyword) ?? []).map(String)
  const text = textVrs.has(vr) ? decodeText(bytes, dataset.characterSet, vr) : latin1.decode(bytes)
  const values = singleValueVrs.has(vr) ? [text] : text.split('\\')
  const trimmed = values.map((value) => {
    const end = value.split('\0').join(' ').trimEnd()
    return singleValueVrs.has(vr) ? end : end.trimStart()
  })
  return trimmed.every((value) => value === '') ? [] : trimmed
}

/** The first value as text; undefined if the attribute is absent or empty. */
export function readString(dataset: DicomDataset, keyword: string): string | undefined {
  return readStrings(dataset, keyword)?.[0] || undefined
}

/**
 * All values as numbers (DS, IS, US, SS, UL, SL, FL, FD); undefined if the attribute is absent, empty
 * or any value is not a finite number.
 */
export function readNumbers(dataset: DicomDataset, keyword: string): readonly number[] | undefined {
  const entry = requireKeyword(keyword)
  const element = findElement(dataset, entry)
  const bytes = readBytes(dataset, keyword)
  if (element === undefined || bytes === undefined || bytes.length === 0) return undefined
  const binary = binaryReaders[resolveVr(dataset, entry, element)]
  const values =
    binary === undefined
      ? latin1.decode(bytes).split('\\').map(parseDecimal)
      : readBinary(bytes, binary, isLittleEndian(dataset))
  return values.length > 0 && values.every(Number.isFinite) ? values : undefined
}

function parseDecimal(text: string): number {
  const trimmed = text.split('\0').join(' ').trim()
  return decimalNumber.test(trimmed) ? Number(trimmed) : Number.NaN
}

function readBinary(bytes: Uint8Array, { size, read }: BinaryReader, little: boolean): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, index) =>
    read(view, index * size, little),
  )
}

/** True unless the transfer syntax is explicit VR big endian. */
export function isLittleEndian(dataset: DicomDataset): boolean {
  return dataset.parsed.byteArrayParser.readUint16(Uint8Array.of(1, 0), 0) === 1
}

/** The first value as a number; undefined if absent, empty or not a number. */
export function readNumber(dataset: DicomDataset, keyword: string): number | undefined {
  return readNumbers(dataset, keyword)?.[0]
}

/** The items of a sequence; undefined if it is absent, an empty list if it has no items. */
export function readSequence(
  dataset: DicomDataset,
  keyword: string,
): readonly DicomDataset[] | undefined {
  const element = findElement(dataset, requireKeyword(keyword))
  if (element === undefined) return undefined
  return (element.items ?? []).flatMap(({ dataSet }) => {
    if (dataSet === undefined) return []
    const own = dataSet.elements.x00080005 && dataSet.string('x00080005')
    const characterSet = own ? resolveCharacterSet(own).characterSet : dataset.characterSet
    return [{ parsed: dataSet, characterSet, signedPixels: dataset.signedPixels }]
  })
}

/** So many numbers. */
interface Tuples {
  readonly 1: readonly [number]
  readonly 2: readonly [number, number]
  readonly 3: readonly [number, number, number]
  readonly 6: readonly [number, number, number, number, number, number]
}

/**
 * Exactly `count` numbers, such as the six of ImageOrientationPatient. Throws ATTRIBUTE_MISSING if
 * they are absent, malformed or too few.
 */
export function requireNumbers<Count extends keyof Tuples>(
  dataset: DicomDataset,
  keyword: string,
  count: Count,
): Tuples[Count] {
  const values = readNumbers(dataset, keyword)
  if (values !== undefined && values.length === count) return values as unknown as Tuples[Count]
  const state = !hasAttribute(dataset, keyword) ? 'no' : 'an unusable'
  throw new HippoError('ATTRIBUTE_MISSING', `The image has ${state} ${keyword}.`, {
    details: { attribute: keyword },
  })
}

/** One number. Throws ATTRIBUTE_MISSING if it is absent or malformed. */
export function requireNumber(dataset: DicomDataset, keyword: string): number {
  const value = readNumber(dataset, keyword)
  if (value === undefined) return requireNumbers(dataset, keyword, 1)[0]
  return value
}

/** One text. Throws ATTRIBUTE_MISSING if it is absent or empty. */
export function requireString(dataset: DicomDataset, keyword: string): string {
  const value = readString(dataset, keyword)
  if (value !== undefined) return value
  throw new HippoError('ATTRIBUTE_MISSING', `The image has no ${keyword}.`, {
    details: { attribute: keyword },
  })
}
