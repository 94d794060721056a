import shipped from './default-series-rules.json' with { type: 'json' }
import { parseSeriesRules } from './parse-series-rules.ts'

/** The rules this product comes with. */
export const defaultSeriesRules = parseSeriesRules(shipped, undefined)
