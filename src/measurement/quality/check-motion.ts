import type { QualityFinding } from '../quality-finding.ts'
import type { Ripple } from './estimate-ripple.ts'

/** docs/quality-gates.md says where the limits come from. */
const warnBelowLikeness = 0.04
const warnAboveStrength = 0.04

/**
 * Whether the images show that the patient moved; `ripple` is estimateRipple's. Never rejects: ripples
 * tell that there was motion, and little of how much it cost.
 */
export function checkMotion(ripple: Ripple | undefined): QualityFinding {
  const check = 'MOTION'
  if (ripple === undefined) {
    const sentence = 'There is too little brain tissue in the images to look for traces of motion.'
    return { check, verdict: 'measured', sentence }
  }
  const { likeness, strength } = ripple
  const isStrong = strength > warnAboveStrength
  if (likeness >= warnBelowLikeness && !isStrong) {
    const sentence = 'The brain shows no ripples as motion leaves them.'
    return { check, verdict: 'measured', sentence, value: likeness, limit: warnBelowLikeness }
  }
  return {
    check,
    verdict: 'warning',
    sentence:
      'The brain shows ripples, as after the patient moved during the acquisition. The volumes may be several percent off: check the outlines, or repeat the series.',
    value: isStrong ? strength : likeness,
    limit: isStrong ? warnAboveStrength : warnBelowLikeness,
  }
}
