import { createReadStream } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { unsealEntry } from './seal-entry.ts'
import { splitLines } from './split-lines.ts'

const ending = '.jsonl'
/** Longer than any line: identifiers are short, and names of subjects at most 255 characters. */
const longestLine = 64 * 1024

export const chainPath = (folder: string, chain: string) => join(folder, `${chain}${ending}`)

/** Names of the chains in a folder, oldest first: a name begins with the time it was opened. */
export async function listChains(folder: string): Promise<string[]> {
  const names = await readdir(folder)
  return names
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length))
    .sort()
}

/** Bytes up to the last whole line (a power cut may leave half of one behind it), and that line. */
export async function findEnd(path: string): Promise<{ end: number; lastLine: string }> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const start = Math.max(0, size - 2 * longestLine)
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(size - start),
      0,
      size - start,
      start,
    )
    const tail = buffer.subarray(0, bytesRead)
    const newline = tail.lastIndexOf(0x0a)
    if (newline < 0) return { end: 0, lastLine: '' }
    const before = newline === 0 ? -1 : tail.lastIndexOf(0x0a, newline - 1)
    return { end: start + newline + 1, lastLine: tail.subarray(before + 1, newline).toString() }
  } finally {
    await file.close()
  }
}

/** The whole lines of a file. */
export async function* readLines(path: string): AsyncGenerator<string> {
  const { end } = await findEnd(path)
  if (end === 0) return
  yield* splitLines(createReadStream(path, { end: end - 1 }))
}

async function readFirstLine(path: string): Promise<string> {
  for await (const line of readLines(path)) return line
  return ''
}

/** Last hashes of the chains in a folder that no later chain has linked to yet. */
export async function findLooseEnds(folder: string): Promise<string[]> {
  const ends: string[] = []
  const linked = new Set<string>()
  for (const chain of await listChains(folder)) {
    const path = chainPath(folder, chain)
    const last = unsealEntry((await findEnd(path)).lastLine)
    if (last !== undefined) ends.push(last.hash)
    for (const link of unsealEntry(await readFirstLine(path))?.links ?? []) linked.add(link)
  }
  return ends.filter((hash) => !linked.has(hash))
}
