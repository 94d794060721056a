import type { HippocampusVolumes } from '../hippocampus-volumes.ts'
import { nameHippocampus } from '../name-hippocampus.ts'
import type { QualityFinding } from '../quality-finding.ts'

/** Whole hippocampus, mm3; docs/quality-gates.md explains the limits. */
const limits = { rejectBelow: 500, warnBelow: 1000, warnAbove: 5000, rejectAbove: 7000 } as const
/** Share of the anterior part (0 to 1). */
const shares = { warnBelow: 0.3, warnAbove: 0.75, rejectBelow: 0.1, rejectAbove: 0.9 } as const
/** Difference of the sides over their mean (0 to 2). */
const asymmetry = { warnAbove: 0.25, rejectAbove: 1 } as const

const mm3 = (volume: number) => `${Math.round(volume)} mm\u00b3`
const percent = (share: number) => `${Math.round(100 * share)} %`

/** Whether the measured volume is plausible: from severe atrophy to the largest heads. */
export function checkPlausibleVolume({ side, totalMm3 }: HippocampusVolumes): QualityFinding {
  const { rejectBelow, warnBelow, warnAbove, rejectAbove } = limits
  const verdict =
    totalMm3 < rejectBelow || totalMm3 > rejectAbove
      ? 'rejected'
      : totalMm3 < warnBelow || totalMm3 > warnAbove
        ? 'warning'
        : 'measured'
  const found = `The ${nameHippocampus(side)} measures ${mm3(totalMm3)}`
  const range = `${mm3(warnBelow)} to ${mm3(warnAbove)}`
  return {
    check: 'PLAUSIBLE_VOLUME',
    verdict,
    side,
    sentence:
      verdict === 'measured'
        ? `${found}, within the expected ${range}.`
        : verdict === 'warning'
          ? `${found}, outside the usual ${range}: check the outlines.`
          : `${found}, which is impossible for a hippocampus.`,
    value: totalMm3,
    limit: totalMm3 < warnBelow ? rejectBelow : rejectAbove,
  }
}

/** Whether the ratio of the anterior and the posterior part is plausible. */
export function checkParts({ side, anteriorMm3, totalMm3 }: HippocampusVolumes): QualityFinding {
  const share = totalMm3 > 0 ? anteriorMm3 / totalMm3 : 0
  const verdict =
    share < shares.rejectBelow || share > shares.rejectAbove
      ? 'rejected'
      : share < shares.warnBelow || share > shares.warnAbove
        ? 'warning'
        : 'measured'
  const name = nameHippocampus(side)
  return {
    check: 'PARTS',
    verdict,
    side,
    sentence: `${percent(share)} of the ${name} is its anterior part${verdict === 'measured' ? '' : '; about half is usual: check the outlines'}.`,
    value: share,
    limit: share < 0.5 ? shares.rejectBelow : shares.rejectAbove,
  }
}

/** Whether the difference between left and right is plausible. */
export function checkAsymmetry(
  left: HippocampusVolumes,
  right: HippocampusVolumes,
): QualityFinding {
  const mean = (left.totalMm3 + right.totalMm3) / 2
  const difference = mean > 0 ? Math.abs(left.totalMm3 - right.totalMm3) / mean : 0
  const verdict =
    difference > asymmetry.rejectAbove
      ? 'rejected'
      : difference > asymmetry.warnAbove
        ? 'warning'
        : 'measured'
  const areSidesKnown = left.side !== 'unknown' && right.side !== 'unknown'
  const smaller = areSidesKnown
    ? `The ${left.totalMm3 < right.totalMm3 ? 'left' : 'right'} hippocampus is the smaller one`
    : 'One hippocampus is smaller than the other'
  const both = areSidesKnown ? 'left and right' : 'the sides'
  return {
    check: 'ASYMMETRY',
    verdict,
    sentence:
      verdict === 'measured'
        ? `${areSidesKnown ? 'Left and right' : 'The sides'} differ by ${percent(difference)} of their mean.`
        : `${smaller}; ${both} differ by ${percent(difference)} of their mean: ${verdict === 'warning' ? 'check the outlines' : 'one of the outlines must be wrong'}.`,
    value: difference,
    limit: asymmetry.rejectAbove,
  }
}
