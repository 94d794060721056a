import { builtinNorms } from '../measurement/norms/builtin-norms.ts'
import type { Norms } from '../measurement/norms/norms.ts'
import { parseNorms } from '../measurement/norms/parse-norms.ts'
import { readJsonSetting } from './read-json-setting.ts'

/**
 * The norms a site sets by NORMS_FILE: `builtin`, or the path of a JSON file. `alarmPercentile`,
 * below which a volume is called small, overrides the file's. Throws CONFIG_INVALID if the file
 * cannot be read or is invalid.
 */
export function openNorms(setting: string, alarmPercentile?: number): Norms {
  const norms =
    setting === 'builtin' ? builtinNorms : parseNorms(readJsonSetting('NORMS_FILE', setting))
  return alarmPercentile === undefined ? norms : { ...norms, alarmPercentile }
}
