import { defaultSeriesRules } from '../selection/default-series-rules.ts'
import { parseSeriesRules } from '../selection/parse-series-rules.ts'
import type { SeriesRules } from '../selection/series-rules.ts'
import { readJsonSetting } from './read-json-setting.ts'

/**
 * The rules a site sets by SERIES_RULES: `builtin`, or the path of a JSON file. Throws
 * CONFIG_INVALID if the file cannot be read or is invalid.
 */
export function openSeriesRules(setting: string): SeriesRules {
  if (setting === 'builtin') return defaultSeriesRules
  return parseSeriesRules(readJsonSetting('SERIES_RULES', setting), defaultSeriesRules)
}
