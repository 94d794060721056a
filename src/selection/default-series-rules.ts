import shipped from './default-series-rules.json' with { type: 'json' }
import { parseSeriesRules } from './parse-series-rules.ts'

/** The shipped rules. */
export const defaultSeriesRules = parseSeriesRules(shipped, undefined)
