import { builtinNorms } from './measurement/norms/builtin-norms.ts'
import type { Norms } from './measurement/norms/norms.ts'
import { parseNorms } from './measurement/norms/parse-norms.ts'
import { readJsonSetting } from './read-json-setting.ts'

/**
 * The norms a site sets by NORMS_FILE: `builtin`, or the path of a JSON file. Throws CONFIG_INVALID when
 * the file cannot be read or is no norms.
 */
export function openNorms(setting: string): Norms {
  if (setting === 'builtin') return builtinNorms
  return parseNorms(readJsonSetting('NORMS_FILE', setting))
}
