import type { Side } from '../measurement/hippocampus-volumes.ts'
import type { SeriesToMeasure } from '../measuring/measure-series.ts'
import { saysContrastAgent } from '../selection/judge-series.ts'
import type { Turn } from './try-candidates.ts'

/** Side of the body a series says it shows; a guess would be worse than none. */
export function sideOf(laterality: 'L' | 'R' | undefined): Side {
  if (laterality === undefined) return 'unknown'
  return laterality === 'L' ? 'left' : 'right'
}

/** What is known of a candidate before it is measured, with what has to be said with the measurement. */
export function describeCandidate({ candidate, passedOver }: Turn): SeriesToMeasure {
  const { facts, kind, warnings } = candidate
  const isContrastEnhanced = saysContrastAgent(facts)
  // The gate on contrast agents says it already.
  const told = warnings.filter(({ reason }) => !isContrastEnhanced || reason !== 'CONTRAST_AGENT')
  return {
    kind,
    side: sideOf(facts.laterality),
    isContrastEnhanced,
    warnings: [...passedOver, ...told.map(({ sentence }) => sentence)],
  }
}
