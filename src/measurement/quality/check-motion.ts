import type { QualityFinding } from '../quality-finding.ts'
import type { Ripple } from './estimate-ripple.ts'

/** docs/quality-gates.md explains the limits. */
const warnBelowLikeness = 0.033
const warnAboveStrength = 0.04
/** Standard deviation over contrast; with more noise, tissue has no correlation left. */
const mostNoise = 0.08

/**
 * Whether the images show that the patient moved; `ripple` is estimateRipple's, `noise`
 * estimateNoise's. Never rejects: ripples show that there was motion, but not how much it affects
 * volumes.
 */
export function checkMotion(ripple: Ripple | undefined, noise: number): QualityFinding {
  const check = 'MOTION'
  const isNoisy = noise > mostNoise
  const isStrong = ripple !== undefined && ripple.strength > warnAboveStrength
  if (ripple === undefined || (isNoisy && !isStrong)) {
    const reason = isNoisy ? 'too much noise' : 'too little homogeneous brain tissue'
    const sentence = `There is ${reason} in the images to look for traces of motion.`
    return { check, verdict: 'measured', sentence }
  }
  const { likeness, strength } = ripple
  if (likeness >= warnBelowLikeness && !isStrong) {
    const sentence = 'The brain shows no ripples caused by motion.'
    return { check, verdict: 'measured', sentence, value: likeness, limit: warnBelowLikeness }
  }
  return {
    check,
    verdict: 'warning',
    sentence:
      'The brain shows ripples, probably because the patient moved during the acquisition. The volumes may be several percent off: check the outlines, or repeat the series.',
    value: isStrong ? strength : likeness,
    limit: isStrong ? warnAboveStrength : warnBelowLikeness,
  }
}
