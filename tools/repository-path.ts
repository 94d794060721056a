import { resolve } from 'node:path'

/** Absolute path of a file in the repository; absolute paths are returned unchanged. */
export function repositoryPath(path: string): string {
  return resolve(import.meta.dirname, '..', path)
}
