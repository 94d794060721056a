import { readFileSync } from 'node:fs'
import { HippoError } from '../errors.ts'

/**
 * The content of the JSON file at the path in a setting. Throws CONFIG_INVALID when the file cannot
 * be read or is not JSON.
 */
export function readJsonSetting(name: string, path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const problem =
      error instanceof SyntaxError ? `is not JSON (${error.message})` : 'cannot be read'
    throw new HippoError('CONFIG_INVALID', `${name} names ${path}, which ${problem}.`, {
      cause: error,
    })
  }
}
