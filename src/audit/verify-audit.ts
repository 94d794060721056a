import { noHash, unsealEntry } from './seal-entry.ts'

export interface AuditVerdict {
  readonly entries: number
  /** Hash of each chain's last entry, by chain. */
  readonly heads: ReadonlyMap<string, string>
  /** Sentences about what is missing or changed; empty when all is well. */
  readonly faults: readonly string[]
}

interface ChainState {
  number: number
  hash: string
}

const mostFaults = 20

/**
 * Reads an export and says whether a line was changed, left out, added or moved, and whether a whole
 * chain is missing. What it cannot see is that the newest entries of the newest chain were cut off,
 * or that everything was written anew: `known` are hashes noted elsewhere (the service logs them)
 * that must be found.
 */
export async function verifyAudit(
  lines: AsyncIterable<string>,
  known: readonly string[] = [],
): Promise<AuditVerdict> {
  const chains = new Map<string, ChainState>()
  const wanted = new Map(known.map((hash) => [hash, 'You gave']))
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
      complain(`Line ${lineNumber} is not as it was written.`)
      continue
    }
    const { chain, number, previous, hash } = entry
    const before = chains.get(chain) ?? { number: 0, hash: noHash }
    if (number !== before.number + 1 || previous !== before.hash) {
      complain(`Line ${lineNumber} does not follow entry ${before.number} of chain ${chain}.`)
    }
    chains.set(chain, { number, hash })
    for (const link of entry.links ?? []) wanted.set(link, `Chain ${chain} links to`)
    seen.add(hash)
  }
  for (const [hash, who] of wanted) {
    if (!seen.has(hash)) complain(`${who} the entry ${hash}, which is not there.`)
  }
  const heads = new Map([...chains].map(([chain, state]) => [chain, state.hash]))
  return { entries: lineNumber, heads, faults }
}
