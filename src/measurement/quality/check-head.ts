import type { QualityFinding } from '../quality-finding.ts'

/** How much of the template's brain has to be in the images; docs/quality-gates.md says why. */
const smallestCoverage = 0.8
const wholeCoverage = 0.97

const percent = (share: number) => `${Math.round(100 * share)} %`

/** Whether a head was recognised in the images. `score` and `found` are the localizer's. */
export function checkHeadFound(score: number, found: boolean): QualityFinding {
  return {
    check: 'HEAD_FOUND',
    verdict: found ? 'measured' : 'rejected',
    sentence: found
      ? `A head was recognised (agreement with the template ${score.toFixed(2)} of 1).`
      : `No head was recognised in the images: they do not look like a T1-weighted head (agreement with the template ${score.toFixed(2)} of 1).`,
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
