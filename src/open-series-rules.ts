import { readFileSync } from 'node:fs'
import { HippoError } from './errors.ts'
import { defaultSeriesRules } from './selection/default-series-rules.ts'
import { parseSeriesRules } from './selection/parse-series-rules.ts'
import type { SeriesRules } from './selection/series-rules.ts'

/**
 * The rules a site sets by SERIES_RULES: `builtin`, or the path of a JSON file. Throws CONFIG_INVALID
 * when the file cannot be read or is not such rules.
 */
export function openSeriesRules(setting: string): SeriesRules {
  if (setting === 'builtin') return defaultSeriesRules
  let content: unknown
  try {
    content = JSON.parse(readFileSync(setting, 'utf8'))
  } catch (error) {
    const problem =
      error instanceof SyntaxError ? `is not JSON (${error.message})` : 'cannot be read'
    throw new HippoError('CONFIG_INVALID', `SERIES_RULES names ${setting}, which ${problem}.`, {
      cause: error,
    })
  }
  return parseSeriesRules(content, defaultSeriesRules)
}
