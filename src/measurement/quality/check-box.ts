import type { LabelMap } from '../../volume/grid.ts'
import type { Side } from '../hippocampus-volumes.ts'
import { nameHippocampus } from '../name-hippocampus.ts'
import type { QualityFinding } from '../quality-finding.ts'

/** A box with only a corner outside still shows the whole hippocampus. */
const smallestShare = 0.98
/** Share of the labelled voxels in the outermost layer of the box. */
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
      : `The images end near the ${nameHippocampus(side)}: ${Math.round(100 * (1 - share))} % of its surroundings are missing.`,
    value: share,
    limit: smallestShare,
  }
}

/**
 * A finding about the share (0 to 1) of a mask's voxels in the outermost layer of the searched box.
 */
function judgeBorder(
  check: string,
  side: Side,
  borderShare: number,
  verdict: QualityFinding['verdict'],
  ending: string,
): QualityFinding {
  const sentence = `The outline of the ${nameHippocampus(side)} ${ending}.`
  return { check, verdict, side, sentence, value: borderShare, limit: largestBorderShare }
}

/** Whether the mask ends within its box. */
export function checkMaskBorder(side: Side, borderShare: number): QualityFinding {
  const verdict =
    borderShare === 0 ? 'measured' : borderShare <= largestBorderShare ? 'warning' : 'rejected'
  const endings = {
    measured: 'ends within the box that was searched',
    warning: 'reaches the edge of the box that was searched',
    rejected: 'reaches the edge of the box that was searched and may extend beyond it',
  }
  return judgeBorder('MASK_TOUCHES_BOX', side, borderShare, verdict, endings[verdict])
}

/** Share (0 to 1) of a label map's voxels that lie in the outermost layer of its grid. */
export function shareAtBorder({ dimensions, labels }: LabelMap): number {
  const [columns, rows, slices] = dimensions
  let labelled = 0
  let atBorder = 0
  for (let index = 0; index < labels.length; index += 1) {
    if (labels[index] === 0) continue
    labelled += 1
    const [column, row] = [index % columns, Math.floor(index / columns) % rows]
    const slice = Math.floor(index / (columns * rows))
    const isInner =
      column > 0 &&
      column < columns - 1 &&
      row > 0 &&
      row < rows - 1 &&
      slice > 0 &&
      slice < slices - 1
    if (!isInner) atBorder += 1
  }
  return labelled === 0 ? 0 : atBorder / labelled
}

/**
 * Whether the hippocampus of a crop ends within its images. A crop with lost slices shows only a
 * part, whose volume looks like that of a small hippocampus.
 */
export function checkImageBorder(side: Side, borderShare: number): QualityFinding {
  const isInside = borderShare <= largestBorderShare
  const ending = isInside
    ? 'ends within the images'
    : 'reaches the edge of the images: a part of it may be missing and the volume too small'
  const verdict = isInside ? 'measured' : 'warning'
  return judgeBorder('MASK_TOUCHES_IMAGE', side, borderShare, verdict, ending)
}
