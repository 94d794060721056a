import type { Side } from '../measurement/hippocampus-volumes.ts'
import type { SeriesToMeasure } from '../measuring/measure-series.ts'
import { saysContrastAgent } from '../selection/judge-series.ts'
import type { Turn } from './try-candidates.ts'

/** Side of the body stated by a series; never guessed. */
export function sideOf(laterality: 'L' | 'R' | undefined): Side {
  if (laterality === undefined) return 'unknown'
  return laterality === 'L' ? 'left' : 'right'
}

/** Facts about a candidate before it is measured, with warnings to show. */
export function describeCandidate({ candidate, passedOver }: Turn): SeriesToMeasure {
  const { facts, kind, warnings } = candidate
  const isContrastEnhanced = saysContrastAgent(facts)
  // The gate on contrast agents already reports it.
  const told = warnings.filter(({ reason }) => !isContrastEnhanced || reason !== 'CONTRAST_AGENT')
  return {
    kind,
    side: sideOf(facts.laterality),
    isContrastEnhanced,
    warnings: [...passedOver, ...told.map(({ sentence }) => sentence)],
  }
}
