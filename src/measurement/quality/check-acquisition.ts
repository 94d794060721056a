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

/** Contrast agents that say that there was none. */
const none = /^(n|no|none|nein|nil|0|-+|without.*|ohne.*|not .*)?$/i

/** Whether a contrast agent was given; `agent` is ContrastBolusAgent. */
export function checkContrastAgent(agent: string | undefined): QualityFinding {
  const isGiven = agent !== undefined && !none.test(agent.trim())
  return {
    check: 'CONTRAST_AGENT',
    verdict: isGiven ? 'warning' : 'measured',
    sentence: isGiven
      ? 'The images were acquired after a contrast agent; the model learnt from images without one.'
      : 'Nothing says that a contrast agent was given.',
  }
}
