import type { Side } from '../hippocampus-volumes.ts'
import { nameHippocampus } from '../name-hippocampus.ts'
import type { QualityFinding } from '../quality-finding.ts'

/** Dice the network predicts for its own outline; docs/quality-gates.md explains the limits. */
const limits = { lookAgainBelow: 0.92, warnBelow: 0.88, rejectBelow: 0.78 } as const
/** Dice between the masks of two passes that saw the hippocampus in different places of their boxes. */
const agreementLimits = { warnBelow: 0.92, rejectBelow: 0.8 } as const

/** Whether a second, shifted pass must confirm the first. */
export function isUncertain(ownEstimate: number): boolean {
  return ownEstimate < limits.lookAgainBelow
}

/** Certainty of the network; `ownEstimate` is the Dice (0 to 1) that it predicts for its mask. */
export function checkConfidence(side: Side, ownEstimate: number): QualityFinding {
  const verdict =
    ownEstimate < limits.rejectBelow
      ? 'rejected'
      : ownEstimate < limits.warnBelow
        ? 'warning'
        : 'measured'
  return {
    check: 'MODEL_CONFIDENCE',
    verdict,
    side,
    sentence:
      verdict === 'measured'
        ? `The outline of the ${nameHippocampus(side)} is clear to the model (${ownEstimate.toFixed(2)} of 1).`
        : `The model is ${verdict === 'warning' ? 'less certain' : 'not certain'} where the ${nameHippocampus(side)} ends (${ownEstimate.toFixed(2)} of 1)${verdict === 'warning' ? ': check the outlines' : ''}.`,
    value: ownEstimate,
    limit: limits.rejectBelow,
  }
}

/**
 * Whether a shifted pass gave the same outline; `agreement` is the Dice (0 to 1) between the two.
 */
export function checkAgreement(side: Side, agreement: number): QualityFinding {
  const verdict =
    agreement < agreementLimits.rejectBelow
      ? 'rejected'
      : agreement < agreementLimits.warnBelow
        ? 'warning'
        : 'measured'
  return {
    check: 'SHIFTED_AGREEMENT',
    verdict,
    side,
    sentence: `A second measurement, shifted by a few millimetres, ${verdict === 'measured' ? 'gave' : 'did not give'} the same outline of the ${nameHippocampus(side)} (agreement ${agreement.toFixed(2)} of 1).`,
    value: agreement,
    limit: agreementLimits.rejectBelow,
  }
}
