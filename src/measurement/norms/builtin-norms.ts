import content from './nomis.json' with { type: 'json' }
import type { Norms } from './norms.ts'
import { parseNorms } from './parse-norms.ts'

/** The norms that come with the product: NOMIS (docs/norms.md). */
export const builtinNorms: Norms = parseNorms(content)
