import { builtinNorms } from '../measurement/norms/builtin-norms.ts'
import type { Norms } from '../measurement/norms/norms.ts'
import { parseNorms } from '../measurement/norms/parse-norms.ts'
import { readJsonSetting } from './read-json-setting.ts'

/**
 * The norms a site sets by NORMS_FILE: `builtin`, or the path of a JSON file. `alarmPercentile` is the one
 * under which a volume is called small, if the site sets another than the file's. Throws CONFIG_INVALID when
 * the file cannot be read or is no norms.
 */
export function openNorms(setting: string, alarmPercentile?: number): Norms {
  const norms =
    setting === 'builtin' ? builtinNorms : parseNorms(readJsonSetting('NORMS_FILE', setting))
  return alarmPercentile === undefined ? norms : { ...norms, alarmPercentile }
}
