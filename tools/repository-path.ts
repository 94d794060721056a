import { resolve } from 'node:path'

/** Absolute path of something in the repository; an absolute path is left as it is. */
export function repositoryPath(path: string): string {
  return resolve(import.meta.dirname, '..', path)
}
