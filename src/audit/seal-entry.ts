import { createHash } from 'node:crypto'

/** What the chain adds to an entry; `links` are the last hashes of the chains before, in a first entry. */
export interface ChainMembers {
  readonly chain: string
  readonly number: number
  /** ISO 8601. */
  readonly time: string
  /** Hash of the entry before, or 64 zeros. */
  readonly previous: string
  readonly links?: readonly string[]
}

export const noHash = '0'.repeat(64)

const sealed = /^(\{.+),"hash":"([0-9a-f]{64})"\}$/

const hashText = (text: string) => createHash('sha256').update(text).digest('hex')

/** Ends of lines to some readers, though not to JSON. */
const otherLineEnds = /[\u0085\u2028\u2029]/g

const escapeCharacter = (character: string) =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** One line: the members as JSON, ending with the SHA-256 of everything before it. */
export function sealEntry(members: ChainMembers & object): { line: string; hash: string } {
  const text = JSON.stringify(members).replaceAll(otherLineEnds, escapeCharacter)
  const hash = hashText(text)
  return { line: `${text.slice(0, -1)},"hash":"${hash}"}`, hash }
}

/** The members of a line; undefined if its text does not match its hash. */
export function unsealEntry(
  line: string,
): (ChainMembers & { hash: string } & Record<string, unknown>) | undefined {
  const [, text, hash] = sealed.exec(line) ?? []
  if (text === undefined || hash === undefined || hashText(`${text}}`) !== hash) return undefined
  try {
    return { ...JSON.parse(`${text}}`), hash }
  } catch {
    return undefined
  }
}
