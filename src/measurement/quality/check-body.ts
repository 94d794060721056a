import type { Side } from '../hippocampus-volumes.ts'
import { nameHippocampus } from '../name-hippocampus.ts'
import type { QualityFinding } from '../quality-finding.ts'

const warnAbove = 0.02
const rejectAbove = 0.15

/**
 * Whether the mask was one piece; `clearedShare` (0 to 1) is the share of the labelled voxels that were
 * not connected with the rest and therefore cleared.
 */
export function checkOneBody(side: Side, clearedShare: number): QualityFinding {
  const verdict =
    clearedShare > rejectAbove ? 'rejected' : clearedShare > warnAbove ? 'warning' : 'measured'
  const percent = `${(100 * clearedShare).toFixed(1)} %`
  const name = nameHippocampus(side)
  return {
    check: 'ONE_BODY',
    verdict,
    side,
    sentence:
      verdict === 'measured'
        ? `The outline of the ${name} is one piece.`
        : `${percent} of the voxels labelled as ${name} were separate from it and were removed.`,
    value: clearedShare,
    limit: rejectAbove,
  }
}
