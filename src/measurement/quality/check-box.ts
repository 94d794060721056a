import type { Side } from '../hippocampus-volumes.ts'
import { nameHippocampus } from '../name-hippocampus.ts'
import type { QualityFinding } from '../quality-finding.ts'

/** A box whose corner alone is outside still shows the whole hippocampus. */
const smallestShare = 0.98
/** Of the labelled voxels, in the outermost layer of the box. */
const largestBorderShare = 0.01

/** Whether the box around a hippocampus lies within the images; `share` (0 to 1) is how much of it does. */
export function checkFieldOfView(side: Side, share: number): QualityFinding {
  const isInside = share >= smallestShare
  return {
    check: 'BOX_IN_VIEW',
    verdict: isInside ? 'measured' : 'rejected',
    side,
    sentence: isInside
      ? `The surroundings of the ${nameHippocampus(side)} are in the images.`
      : `The images end near the ${nameHippocampus(side)}: ${Math.round(100 * (1 - share))} % of its surroundings are not in them.`,
    value: share,
    limit: smallestShare,
  }
}

/**
 * Whether the mask ends within its box; `borderShare` (0 to 1) is the share of its voxels that lie in
 * the box's outermost layer.
 */
export function checkMaskBorder(side: Side, borderShare: number): QualityFinding {
  const verdict =
    borderShare === 0 ? 'measured' : borderShare <= largestBorderShare ? 'warning' : 'rejected'
  return {
    check: 'MASK_TOUCHES_BOX',
    verdict,
    side,
    sentence:
      verdict === 'measured'
        ? `The outline of the ${nameHippocampus(side)} ends within the box that was searched.`
        : `The outline of the ${nameHippocampus(side)} reaches the edge of the box that was searched${verdict === 'rejected' ? ' and may go on beyond it' : ''}.`,
    value: borderShare,
    limit: largestBorderShare,
  }
}
