import { HippoError } from '../errors.ts'
import type { AttributeValue, DicomAttributes } from './dicom-instance.ts'
import { type DictionaryEntry, findKeyword } from './dictionary.ts'
import { findNumberProblem, findTextProblem, formatDecimal } from './value-checks.ts'

/** An element as dcmjs writes it. */
export interface EncodedElement {
  readonly vr: string
  readonly Value: readonly (string | number | ArrayBuffer | EncodedDataset)[]
}

/** Elements by tag: eight hexadecimal digits. */
export interface EncodedDataset {
  readonly [tag: string]: EncodedElement
}

const textVrs = new Set([
  ...['AE', 'AS', 'CS', 'DA', 'DS', 'DT', 'IS', 'LO', 'LT', 'PN', 'SH', 'ST', 'TM', 'UC', 'UI'],
  ...['UR', 'UT'],
])
const numberVrs = new Set(['US', 'SS', 'UL', 'SL', 'FL', 'FD', 'AT'])
const longLengthVrs = new Set(['UC', 'UR', 'UT'])
const textEncoder = new TextEncoder()
/** The even length that fits into 16 bits (PS3.5 7.1.2). */
const mostBytes = 65_534

function refuse(path: string, problem: string): never {
  throw new HippoError('DICOM_WRITE_REFUSED', `${path} cannot be written: ${problem}.`, {
    details: { attribute: path },
  })
}

/** Picks the VR of 'US or SS' and 'OB or OW' attributes (PS3.5 A.2 for pixel data). */
function chooseVr(entry: DictionaryEntry, value: AttributeValue, bitsAllocated: unknown): string {
  if (entry.vr === 'xs') {
    const values = Array.isArray(value) ? value : [value]
    return values.some((number) => typeof number === 'number' && number < 0) ? 'SS' : 'US'
  }
  if (entry.vr === 'ox') return Number(bitsAllocated) > 8 ? 'OW' : 'OB'
  return entry.vr
}

function encodeBytes(value: AttributeValue, path: string, vr: string): ArrayBuffer[] {
  if (!(value instanceof Uint8Array)) return refuse(path, `it must be bytes (${vr})`)
  if (vr !== 'OB' && vr !== 'UN' && value.length % 2 === 1) {
    return refuse(path, `its length of ${value.length} bytes is odd (${vr})`)
  }
  // A page has several megabytes: avoid a copy if the bytes can be written as they are.
  const { buffer } = value
  if (
    buffer instanceof ArrayBuffer &&
    buffer.byteLength === value.length &&
    value.length % 2 === 0
  ) {
    return [buffer]
  }
  const even = new Uint8Array(value.length + (value.length % 2))
  even.set(value)
  return [even.buffer]
}

function encodeItems(value: AttributeValue, path: string): EncodedDataset[] {
  if (!Array.isArray(value)) return refuse(path, 'it must be a list of items (SQ)')
  return value.map((item: unknown, index) => {
    if (
      item === null ||
      typeof item !== 'object' ||
      ArrayBuffer.isView(item) ||
      Array.isArray(item)
    ) {
      return refuse(path, 'it must be a list of items (SQ)')
    }
    return encodeAttributes(item as DicomAttributes, `${path}[${index + 1}].`, new Set())
  })
}

function encodeText(value: unknown, path: string, vr: string, lenient: boolean): string {
  if (typeof value === 'number' && (vr === 'DS' || vr === 'IS')) {
    const problem = findNumberProblem(value, vr)
    return problem === undefined ? formatDecimal(value) : refuse(path, problem)
  }
  if (typeof value !== 'string') return refuse(path, `it must be text (${vr})`)
  const problem = findTextProblem(value, vr, lenient)
  return problem === undefined ? value : refuse(path, problem)
}

function encodeNumber(value: unknown, path: string, vr: string): number {
  if (typeof value !== 'number') return refuse(path, `it must be a number (${vr})`)
  const problem = findNumberProblem(value, vr)
  return problem === undefined ? value : refuse(path, problem)
}

function checkAmount(values: readonly unknown[], entry: DictionaryEntry, path: string): void {
  const { minimumValues, maximumValues } = entry
  if (values.length > maximumValues || (values.length > 0 && values.length < minimumValues)) {
    refuse(path, `it has ${values.length} values; ${minimumValues} to ${maximumValues} are allowed`)
  }
}

function checkBytes(values: readonly string[], path: string, vr: string): void {
  const text = values.join('\\')
  // A UTF-16 unit has at most three bytes of UTF-8: most texts need no exact count.
  if (text.length * 3 <= mostBytes || longLengthVrs.has(vr)) return
  const bytes = textEncoder.encode(text).length
  if (bytes > mostBytes) refuse(path, `it has ${bytes} bytes (${vr})`)
}

function encodeElement(
  entry: DictionaryEntry,
  value: AttributeValue,
  path: string,
  lenient: boolean,
  bitsAllocated: unknown,
): EncodedElement {
  const vr = chooseVr(entry, value, bitsAllocated)
  if (vr === 'SQ') return { vr, Value: encodeItems(value ?? [], path) }
  if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) {
    return { vr, Value: [] }
  }
  if (!textVrs.has(vr) && !numberVrs.has(vr)) {
    if (!/^(O[BWDFLV]|UN)$/.test(vr)) refuse(path, `its VR ${vr} is not supported`)
    return { vr, Value: encodeBytes(value, path, vr) }
  }
  if (value instanceof Uint8Array) refuse(path, `bytes are not allowed (${vr})`)
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  checkAmount(values, entry, path)
  if (numberVrs.has(vr)) return { vr, Value: values.map((one) => encodeNumber(one, path, vr)) }
  const texts = values.map((one) => encodeText(one, path, vr, lenient))
  checkBytes(texts, path, vr)
  return { vr, Value: texts }
}

/**
 * Turns attributes by keyword into elements by tag for dcmjs, rejecting whatever dcmjs would
 * silently drop, truncate or corrupt. `path` precedes keywords in errors; the keywords in `lenient`
 * were copied from a source that violates their VR and stay unchanged.
 *
 * Throws DICOM_WRITE_REFUSED naming the attribute, never its value.
 */
export function encodeAttributes(
  attributes: DicomAttributes,
  path: string,
  lenient: ReadonlySet<string>,
): EncodedDataset {
  const elements: Record<string, EncodedElement> = {}
  for (const [keyword, value] of Object.entries(attributes)) {
    const name = `${path}${keyword}`
    const entry = findKeyword(keyword)
    if (entry === undefined) return refuse(name, 'PS3.6 has no such keyword')
    if (entry.tag < '00080000') return refuse(name, 'it belongs to the file header')
    if (value === undefined) return refuse(name, 'it has no value (null writes it empty)')
    elements[entry.tag.toUpperCase()] = encodeElement(
      entry,
      value,
      name,
      lenient.has(keyword),
      attributes.BitsAllocated,
    )
  }
  return elements
}
