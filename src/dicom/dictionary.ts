import dcmjs from 'dcmjs'

const { nameMap, dictionary } = dcmjs.data.DicomMetaDictionary

export interface DictionaryEntry {
  readonly keyword: string
  /** Eight hexadecimal digits, lower case. */
  readonly tag: string
  /** As in PS3.6; 'US or SS' is xs, 'OB or OW' is ox. */
  readonly vr: string
  readonly minimumValues: number
  /** Infinity where the standard sets no limit. */
  readonly maximumValues: number
}

function toEntry(entry: { tag: string; vr: string; vm: string; name: string }): DictionaryEntry {
  const [least = '1', most = least] = entry.vm.split('-')
  return {
    keyword: entry.name,
    tag: entry.tag.replace(/[(),]/g, '').toLowerCase(),
    vr: entry.vr,
    minimumValues: Number.parseInt(least, 10),
    maximumValues: /^\d+$/.test(most) ? Number(most) : Number.POSITIVE_INFINITY,
  }
}

const byKeyword = new Map<string, DictionaryEntry | undefined>()
const byTag = new Map<string, DictionaryEntry | undefined>()

/** The attribute of PS3.6 with this keyword, or undefined if there is none. */
export function findKeyword(keyword: string): DictionaryEntry | undefined {
  if (!byKeyword.has(keyword)) {
    const entry = Object.hasOwn(nameMap, keyword) ? nameMap[keyword] : undefined
    byKeyword.set(keyword, entry && toEntry(entry))
  }
  return byKeyword.get(keyword)
}

/** The attribute of PS3.6 with this tag (eight hexadecimal digits), or undefined if unknown. */
export function findTag(tag: string): DictionaryEntry | undefined {
  if (!byTag.has(tag)) {
    const upper = tag.toUpperCase()
    const entry = dictionary[`(${upper.slice(0, 4)},${upper.slice(4)})`]
    // A malicious file may contain millions of different unknown tags: cache only known ones.
    if (entry === undefined) return undefined
    byTag.set(tag, toEntry(entry))
  }
  return byTag.get(tag)
}

/** The attribute with this keyword; an unknown keyword is a programming error. */
export function requireKeyword(keyword: string): DictionaryEntry {
  const entry = findKeyword(keyword)
  if (entry === undefined) throw new TypeError(`${keyword} is not a keyword of PS3.6`)
  return entry
}
