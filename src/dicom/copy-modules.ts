import { HippoError } from '../errors.ts'
import type {
  AttributeValue,
  DicomAttributes,
  DicomDataset,
  DicomInstance,
} from './dicom-instance.ts'
import { findKeyword, findTag, requireKeyword } from './dictionary.ts'
import { encodeAttributes } from './encode-attributes.ts'
import { type ModuleTable, sourceModules } from './module-tables.ts'
import { hasAttribute, readNumbers, readSequence, readStrings } from './read-attributes.ts'
import { formatDecimal } from './value-checks.ts'

export interface CopiedModules {
  readonly attributes: DicomAttributes
  /** Attributes copied unchanged although they violate their VR; for writePart10. */
  readonly inherited: readonly string[]
  /** Sentences about omitted or changed attributes, without values; safe to log. */
  readonly notes: readonly string[]
}

const binaryNumberVrs = new Set(['US', 'SS', 'UL', 'SL', 'FL', 'FD', 'xs'])

/** DS may have been written longer than 16 characters; the number fits again. */
function fitDecimal(text: string): string {
  return text.length > 16 && Number.isFinite(Number(text)) ? formatDecimal(Number(text)) : text
}

function copyValue(dataset: DicomDataset, keyword: string): AttributeValue | undefined {
  const { vr } = requireKeyword(keyword)
  if (vr === 'SQ') return (readSequence(dataset, keyword) ?? []).map(copyItem)
  if (binaryNumberVrs.has(vr)) return readNumbers(dataset, keyword) ?? null
  if (/^(O[BWDFLV]|ox|UN|AT)$/.test(vr)) return undefined
  const texts = readStrings(dataset, keyword) ?? []
  const values = vr === 'DS' ? texts.map(fitDecimal) : texts
  return values.length > 1 ? values : (values[0] ?? null)
}

/** VRs of free text: a value split by a backslash is joined again. */
const textVrs = new Set(['LO', 'SH', 'PN', 'ST', 'LT', 'UT', 'UC'])

function isWritableAsItIs(keyword: string, value: AttributeValue): boolean {
  try {
    encodeAttributes({ [keyword]: value }, '', new Set([keyword]))
    return true
  } catch {
    return false
  }
}

/**
 * A value that can be written. A backslash in a single-valued text (often the second byte, 0x5C, of
 * an undeclared Shift-JIS or Big5 character) splits it in two: its parts are joined with a slash.
 * Values that still cannot be written are written empty.
 */
function makeWritable(keyword: string, value: AttributeValue) {
  if (isWritableAsItIs(keyword, value)) return { written: value, note: undefined }
  const parts = typeof value === 'string' ? value.split('\\') : value
  const isText = textVrs.has(requireKeyword(keyword).vr)
  if (isText && Array.isArray(parts)) {
    const written = parts.map((part) => String(part).toWellFormed()).join('/')
    const note = `${keyword} of the source holds a backslash or several values, and was written with a slash instead.`
    if (isWritableAsItIs(keyword, written)) return { written, note }
  }
  return {
    written: null,
    note: `${keyword} of the source cannot be read or written, and was written empty.`,
  }
}

/** Sentences about source attributes that a result must change; safe to log. */
export function findReplacedTexts(instance: DicomInstance): readonly string[] {
  const keywords = sourceModules.flatMap(({ type1, type2 }) => [...type1, ...type2])
  return [...new Set(keywords)].flatMap((keyword) => {
    const { note } = makeWritable(keyword, copyValue(instance.dataset, keyword) ?? null)
    return note ?? []
  })
}

function isWritable(keyword: string, value: AttributeValue): boolean {
  try {
    encodeAttributes({ [keyword]: value }, '', new Set())
    return true
  } catch {
    return false
  }
}

/** Standard attributes of an item, without private ones, bulk data and invalid values. */
function copyItem(item: DicomDataset): DicomAttributes {
  const copied: Record<string, AttributeValue> = {}
  for (const tag of Object.keys(item.parsed.elements)) {
    const entry = findTag(tag.slice(1))
    // The dictionary knows no private attributes; those of repeating groups (60xx) share keywords.
    if (entry === undefined || findKeyword(entry.keyword)?.tag !== tag.slice(1)) continue
    const isStructure = tag.startsWith('xfffe') || tag.endsWith('0000')
    if (isStructure || entry.keyword === 'SpecificCharacterSet') continue
    const value = copyValue(item, entry.keyword)
    if (value !== undefined && isWritable(entry.keyword, value)) copied[entry.keyword] = value
  }
  return copied
}

function isPresent(dataset: DicomDataset, { type1, type2, optional }: ModuleTable): boolean {
  if (!optional) return true
  if (type1.length === 0) return type2.some((keyword) => hasAttribute(dataset, keyword))
  return type1.every((keyword) => (readStrings(dataset, keyword) ?? []).length > 0)
}

/**
 * Copies modules of the source into a result: an attribute of type 1 must be there, of type 2 is
 * written empty if absent, of type 3 copied if present; sequences with all their levels, texts in
 * Unicode, DS and IS as the text they were. Private attributes are never copied.
 *
 * A source that violates a VR (an over-long StudyDescription) does not end the job: an attribute of
 * type 3 is omitted with a note; one of type 1 or 2 is copied unchanged and named in `inherited`,
 * because a truncated PatientID would be another patient's. Values that still cannot be written are
 * changed by makeWritable, with a note.
 *
 * Throws ATTRIBUTE_MISSING without StudyInstanceUID.
 */
export function copyModules(
  instance: DicomInstance,
  tables: readonly ModuleTable[] = sourceModules,
): CopiedModules {
  const { dataset } = instance
  const attributes: Record<string, AttributeValue> = {}
  const inherited: string[] = []
  const notes: string[] = []
  for (const table of tables.filter((one) => isPresent(dataset, one))) {
    for (const keyword of [...table.type1, ...table.type2]) {
      const value = copyValue(dataset, keyword) ?? null
      if (value === null && table.type1.includes(keyword)) {
        throw new HippoError('ATTRIBUTE_MISSING', `The image has no ${keyword}.`, {
          details: { attribute: keyword },
        })
      }
      const { written, note } = makeWritable(keyword, value)
      attributes[keyword] = written
      if (note !== undefined) notes.push(note)
      if (!isWritable(keyword, written)) inherited.push(keyword)
    }
    for (const keyword of table.type3.filter((one) => hasAttribute(dataset, one))) {
      const value = copyValue(dataset, keyword)
      // A scanner may send an optional sequence without an item, which a result must not.
      if (requireKeyword(keyword).vr === 'SQ' && (value as readonly unknown[]).length === 0)
        continue
      if (value !== undefined && isWritable(keyword, value)) attributes[keyword] = value
      else notes.push(`${keyword} of the source is not valid DICOM and was not copied.`)
    }
  }
  return { attributes, inherited, notes }
}
