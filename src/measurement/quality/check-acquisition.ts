import type { QualityFinding } from '../quality-finding.ts'

/** Whether images had lossy compression. */
export function checkLossyCompression(isLossy: boolean): QualityFinding {
  return {
    check: 'LOSSY_COMPRESSION',
    verdict: isLossy ? 'warning' : 'measured',
    sentence: isLossy
      ? 'The images had lossy compression. Volumes may differ from those of the original images.'
      : 'The images do not state lossy compression.',
  }
}

/** Whether a contrast agent was given. */
export function checkContrastAgent(isGiven: boolean): QualityFinding {
  return {
    check: 'CONTRAST_AGENT',
    verdict: isGiven ? 'warning' : 'measured',
    sentence: isGiven
      ? 'The images were acquired after a contrast agent; the model was trained on images without one.'
      : 'The images do not state a contrast agent.',
  }
}

/** Warnings from the choice of the series. */
export function checkSeriesChoice(sentence: string): QualityFinding {
  return { check: 'SERIES_CHOICE', verdict: 'warning', sentence }
}
