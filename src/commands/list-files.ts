import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { HippoError } from '../errors.ts'

/**
 * Files named by the arguments: a folder stands for everything below it. Hidden files and DICOMDIR
 * indexes are passed over. Throws FILE_UNREADABLE for a path that does not exist.
 */
export async function listFiles(paths: readonly string[]): Promise<string[]> {
  const files: string[] = []
  for (const path of paths) {
    const facts = await stat(path).catch((cause: unknown) => {
      throw new HippoError('FILE_UNREADABLE', `${path} does not exist or cannot be read.`, {
        cause,
      })
    })
    if (!facts.isDirectory()) {
      files.push(path)
      continue
    }
    const entries = await readdir(path, { recursive: true, withFileTypes: true })
    const below = entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.') && entry.name !== 'DICOMDIR')
      .map((entry) => join(entry.parentPath, entry.name))
    files.push(...below.toSorted())
  }
  return [...new Set(files)]
}
