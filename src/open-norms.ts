import { readFileSync } from 'node:fs'
import { HippoError } from './errors.ts'
import { builtinNorms } from './measurement/norms/builtin-norms.ts'
import type { Norms } from './measurement/norms/norms.ts'
import { parseNorms } from './measurement/norms/parse-norms.ts'

/**
 * The norms a site sets by NORMS_FILE: `builtin`, or the path of a JSON file. Throws CONFIG_INVALID when
 * the file cannot be read or is no norms.
 */
export function openNorms(setting: string): Norms {
  if (setting === 'builtin') return builtinNorms
  let content: unknown
  try {
    content = JSON.parse(readFileSync(setting, 'utf8'))
  } catch (error) {
    const problem =
      error instanceof SyntaxError ? `is not JSON (${error.message})` : 'cannot be read'
    throw new HippoError('CONFIG_INVALID', `NORMS_FILE names ${setting}, which ${problem}.`, {
      cause: error,
    })
  }
  return parseNorms(content)
}
