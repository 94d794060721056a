import type { Side } from '../hippocampus-volumes.ts'
import type { QualityFinding } from '../quality-finding.ts'

/** Standard deviation over contrast; docs/quality-gates.md explains the limits. */
const warnAbove = 0.15
const rejectAbove = 0.25

/** Whether noise around a hippocampus is low enough; `noise` is estimateNoise's. */
export function checkNoise(side: Side, noise: number): QualityFinding {
  const verdict = noise > rejectAbove ? 'rejected' : noise > warnAbove ? 'warning' : 'measured'
  const name = side === 'unknown' ? 'the hippocampus' : `the ${side} hippocampus`
  const share = `${(100 * noise).toFixed(1)} % of the contrast`
  return {
    check: 'NOISE',
    verdict,
    side,
    sentence:
      verdict === 'measured'
        ? `Noise around ${name} is ${share}.`
        : `The images are ${verdict === 'warning' ? 'noisy' : 'too noisy'} around ${name} (${share}), caused by noise or motion${verdict === 'warning' ? ': check the outlines' : ''}.`,
    value: noise,
    limit: rejectAbove,
  }
}
