import type { QualityFinding } from '../quality-finding.ts'

/**
 * Required share of the template's brain in the images; docs/quality-gates.md gives the reasons.
 */
const smallestCoverage = 0.8
const wholeCoverage = 0.97

const percent = (share: number) => `${Math.round(100 * share)} %`

/** The localizer's reason why no head was recognised. */
const reasons = {
  unlike: 'they do not look like a T1-weighted head',
  size: 'what looks like one does not have the size of a head',
  shape: 'what looks like one does not have the shape of a head',
  coverage: 'they show too little of it',
  map: 'they are a map of labels or probabilities rather than an image',
  contrast: 'their grey and white matter do not look like those of a T1-weighted head',
} as const

/**
 * Whether a head was recognised in the images. `score` (agreement with the template, -1 to 1) and
 * `doubt` are the localizer's; without a doubt there is a head.
 */
export function checkHeadFound(
  score: number,
  doubt: keyof typeof reasons | undefined,
): QualityFinding {
  const agreement = `(agreement with the template ${score.toFixed(2)} of 1)`
  return {
    check: 'HEAD_FOUND',
    verdict: doubt === undefined ? 'measured' : 'rejected',
    sentence:
      doubt === undefined
        ? `A head was recognised ${agreement}.`
        : `No head was recognised in the images: ${reasons[doubt]} ${agreement}.`,
    value: score,
  }
}

/** Whether the brain is in the images; `coverage` is the share (0 to 1) of the template's brain that is. */
export function checkBrainCoverage(coverage: number): QualityFinding {
  const verdict =
    coverage < smallestCoverage ? 'rejected' : coverage < wholeCoverage ? 'warning' : 'measured'
  const shown = `The images show ${percent(coverage)} of the brain`
  return {
    check: 'BRAIN_COVERAGE',
    verdict,
    sentence:
      verdict === 'measured'
        ? `${shown}.`
        : verdict === 'warning'
          ? `${shown}; the intracranial volume is less certain.`
          : `${shown}: the head is cut off.`,
    value: coverage,
    limit: smallestCoverage,
  }
}
