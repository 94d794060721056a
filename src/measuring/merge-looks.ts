import { headLabels } from '../measurement/hippocampus-labels.ts'
import type { Grid, LabelMap } from '../volume/grid.ts'
import { visitPart } from '../volume/part-of-grid.ts'
import type { HippocampusLook } from './look-for-hippocampus.ts'

/**
 * Both hippocampi in one label map on the head's own grid: 1 left anterior, 2 left posterior, 3
 * right anterior, 4 right posterior. If both sides claim a voxel, the more probable wins.
 */
export function mergeLooks(
  head: Grid,
  looks: readonly Pick<HippocampusLook, 'side' | 'part' | 'labels' | 'probabilities'>[],
): LabelMap {
  const { dimensions, affine } = head
  const labels = new Uint8Array(dimensions[0] * dimensions[1] * dimensions[2])
  const likelihood = new Map<number, number>()
  for (const look of looks) {
    const { anterior, posterior } = headLabels[look.side]
    const background = look.probabilities[0]!
    visitPart(look.part, head, (inPart, inHead) => {
      const label = look.labels[inPart]!
      if (label === 0) return
      const probability = 1 - background[inPart]!
      if (probability <= (likelihood.get(inHead) ?? 0)) return
      likelihood.set(inHead, probability)
      labels[inHead] = label === 1 ? anterior : posterior
    })
  }
  return { dimensions, affine, labels }
}
