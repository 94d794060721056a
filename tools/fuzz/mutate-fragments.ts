import type { RandomChoices } from './random-choices.ts'

interface Item {
  readonly start: number
  readonly length: number
}

/** The offset table and the fragments of compressed pixel data (PS3.5 A.4); none in other files. */
function listItems(file: Uint8Array): readonly Item[] {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length)
  const pixels = bytes.indexOf(Buffer.from('e07f10004f420000ffffffff', 'hex'))
  const items: Item[] = []
  let at = pixels + 12
  while (pixels >= 0 && at + 8 <= bytes.length && bytes.readUInt32LE(at) === 0xe000fffe) {
    const length = bytes.readUInt32LE(at + 4)
    items.push({ start: at, length })
    at += 8 + length
  }
  return items
}

const join = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts))

/** Damage to compressed frames; undefined for a file without them. */
export function mutateFragments(file: Uint8Array, random: RandomChoices): Uint8Array | undefined {
  const items = listItems(file)
  const fragments = items.slice(1)
  if (fragments.length === 0) return undefined
  const { start, length } = random.pick(fragments)
  const [before, whole, after] = [
    file.subarray(0, start),
    file.subarray(start, start + 8 + length),
    file.subarray(start + 8 + length),
  ]
  const kind = random.below(8)
  if (kind === 0) return join(before, after)
  if (kind === 1) return join(before, whole, whole, after)
  if (kind === 2) return join(before, Buffer.from('feff00e000000000', 'hex'), after)
  if (kind === 3) {
    const table = items[0]!
    return join(
      file.subarray(0, table.start + 8),
      random.bytes(table.length),
      file.subarray(table.start + 8 + table.length),
    )
  }
  const changed = Uint8Array.from(file)
  const content = start + 8
  if (kind === 4) {
    // Truncated within its length: missing bytes read as zeros.
    changed.fill(0, content + random.below(Math.max(1, length)), content + length)
    return changed
  }
  // The header of a code stream contains sizes, depths and tables.
  const reach = kind < 7 ? Math.min(length, 100) : length
  for (let count = 1 + random.below(4); count > 0; count -= 1) {
    changed[content + random.below(Math.max(1, reach))] = random.below(256)
  }
  return changed
}
