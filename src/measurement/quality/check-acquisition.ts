import type { QualityFinding } from '../quality-finding.ts'

/** Whether images were compressed with loss. */
export function checkLossyCompression(isLossy: boolean): QualityFinding {
  return {
    check: 'LOSSY_COMPRESSION',
    verdict: isLossy ? 'warning' : 'measured',
    sentence: isLossy
      ? 'The images were compressed with loss. Their volumes may differ from those of the originals.'
      : 'Nothing says that the images were compressed with loss.',
  }
}

/** Whether a contrast agent was given. */
export function checkContrastAgent(isGiven: boolean): QualityFinding {
  return {
    check: 'CONTRAST_AGENT',
    verdict: isGiven ? 'warning' : 'measured',
    sentence: isGiven
      ? 'The images were acquired after a contrast agent; the model learnt from images without one.'
      : 'Nothing says that a contrast agent was given.',
  }
}

/** What the choice of the series leaves to be said. */
export function checkSeriesChoice(sentence: string): QualityFinding {
  return { check: 'SERIES_CHOICE', verdict: 'warning', sentence }
}
