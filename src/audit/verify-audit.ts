import { noHash, unsealEntry } from './seal-entry.ts'

export interface AuditVerdict {
  readonly entries: number
  /** Hash of each chain's last entry, by chain. */
  readonly heads: ReadonlyMap<string, string>
  /**
   * Entries that no externally known hash confirms: all if no hash is known, else those after the
   * known ones. Anyone with control of the machine could have written them.
   */
  readonly unvouched: number
  /** Sentences about missing or changed entries; empty if there are none. */
  readonly faults: readonly string[]
}

interface ChainState {
  number: number
  hash: string
  /** Last hashes of the chains before. */
  links: readonly string[]
}

/** An entry that is known externally or that a later chain links to. */
interface Place {
  readonly chain: string
  readonly number: number
}

/**
 * Number of entries confirmed by the known ones: in their chains up to them, and in all linked
 * chains.
 */
function countVouched(
  known: readonly Place[],
  chains: ReadonlyMap<string, ChainState>,
  places: ReadonlyMap<string, Place>,
) {
  const reached = new Map<string, number>()
  const open = [...known]
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const before = reached.get(place.chain)
    if (before !== undefined && before >= place.number) continue
    reached.set(place.chain, place.number)
    // The links are in the first entry, which any later one confirms.
    if (before !== undefined) continue
    for (const link of chains.get(place.chain)?.links ?? []) {
      const linked = places.get(link)
      if (linked !== undefined) open.push(linked)
    }
  }
  return [...reached.values()].reduce((sum, number) => sum + number, 0)
}

const mostFaults = 20

/**
 * Reads an export and reports whether a line was changed, removed, added or moved, and whether a
 * whole chain is missing. Alone it cannot detect that the newest entries were removed, that entries
 * were appended, or that everything was rewritten: anyone can compute a hash. `known` are hashes
 * recorded elsewhere (the service logs them): they must be found, and entries after them are
 * counted as `unvouched`.
 */
export async function verifyAudit(
  lines: AsyncIterable<string>,
  known: readonly string[] = [],
): Promise<AuditVerdict> {
  const chains = new Map<string, ChainState>()
  const wanted = new Map(known.map((hash) => [hash, 'You gave']))
  const given = new Set(known)
  /** Entries to find: known ones and ends of chains. */
  const places = new Map<string, Place>()
  const seen = new Set<string>()
  const faults: string[] = []
  const complain = (sentence: string) => {
    if (faults.length < mostFaults) faults.push(sentence)
  }
  let lineNumber = 0
  for await (const line of lines) {
    lineNumber += 1
    const entry = unsealEntry(line)
    if (entry === undefined) {
      complain(`Line ${lineNumber} was changed after it was written.`)
      continue
    }
    const { chain, number, previous, hash } = entry
    const before = chains.get(chain) ?? { number: 0, hash: noHash, links: [] }
    if (number !== before.number + 1 || previous !== before.hash) {
      complain(`Line ${lineNumber} does not follow entry ${before.number} of chain ${chain}.`)
    }
    const links = number === 1 ? (entry.links ?? []) : before.links
    chains.set(chain, { number, hash, links })
    for (const link of entry.links ?? []) wanted.set(link, `Chain ${chain} links to`)
    seen.add(hash)
    if (given.has(hash)) places.set(hash, { chain, number })
  }
  for (const [hash, who] of wanted) {
    if (!seen.has(hash)) complain(`${who} the entry ${hash}, which is missing.`)
  }
  const heads = new Map([...chains].map(([chain, state]) => [chain, state.hash]))
  for (const [chain, { number, hash }] of chains) places.set(hash, { chain, number })
  const starts = known.flatMap((hash) => places.get(hash) ?? [])
  const unvouched = lineNumber - countVouched(starts, chains, places)
  return { entries: lineNumber, heads, unvouched, faults }
}
