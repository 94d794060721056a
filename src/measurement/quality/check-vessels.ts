import type { Side } from '../hippocampus-volumes.ts'
import { nameHippocampus } from '../name-hippocampus.ts'
import type { QualityFinding } from '../quality-finding.ts'

/** Share of the surroundings; docs/quality-gates.md explains the limit. */
const warnAbove = 0.006
/**
 * Vessels never fill more: then the reference is not white matter, and the images are not a
 * T1-weighted brain.
 */
const mostVessels = 0.05

/**
 * Whether there are bright vessels next to a hippocampus; `brightShare` (0 to 1) is
 * measureBrightShare's.
 */
export function checkVessels(side: Side, brightShare: number): QualityFinding {
  const isWarning = brightShare > warnAbove && brightShare <= mostVessels
  const name = nameHippocampus(side)
  return {
    check: 'BRIGHT_VESSELS',
    verdict: isWarning ? 'warning' : 'measured',
    side,
    sentence: isWarning
      ? `Vessels or the choroid plexus next to the ${name} are brighter than white matter, as after a contrast agent: the volume may be inaccurate. Check the outlines.`
      : `No contrast-enhanced vessels are next to the ${name}.`,
    value: brightShare,
    limit: warnAbove,
  }
}
