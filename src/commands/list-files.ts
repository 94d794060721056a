import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { HippoError } from '../errors.ts'

interface Listing {
  readonly files: readonly string[]
  /** Broken symbolic links. */
  readonly broken: number
}

/**
 * Files named by the arguments: a folder means everything below it, including symbolic links.
 * Hidden files and DICOMDIR indexes are skipped. Throws FILE_UNREADABLE for a path that does not
 * exist and for folders without a file.
 */
export async function listFiles(paths: readonly string[]): Promise<string[]> {
  const files: string[] = []
  let broken = 0
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
    const below = await listBelow(path, new Set([await realpath(path)]))
    files.push(...below.files.toSorted())
    broken += below.broken
  }
  if (files.length > 0) return [...new Set(files)]
  throw new HippoError(
    'FILE_UNREADABLE',
    broken === 0
      ? `${paths.join(', ')}: this folder and its subfolders contain no files. Hidden files are skipped.`
      : `${paths.join(', ')}: all ${broken} files are broken symbolic links. A datalad or git-annex data set needs "datalad get" first.`,
  )
}

/** Files below a folder, following symbolic links; cycles are not followed. */
async function listBelow(folder: string, above: ReadonlySet<string>): Promise<Listing> {
  const files: string[] = []
  let broken = 0
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.') || entry.name === 'DICOMDIR') continue
    const path = join(folder, entry.name)
    const facts = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry
    if (facts === undefined) broken += 1
    else if (facts.isFile()) files.push(path)
    else if (facts.isDirectory()) {
      const real = await realpath(path)
      if (above.has(real)) continue
      const below = await listBelow(path, new Set([...above, real]))
      files.push(...below.files)
      broken += below.broken
    }
  }
  return { files, broken }
}
