import type { HeadLocalization } from '../localization/head-localization.ts'
import type { Volume } from '../volume/grid.ts'
import { type GridPart, partWithin } from '../volume/part-of-grid.ts'

/** Edge of the cube, mm: with fewer blocks of tissue, figures of normal heads would scatter. */
const edgeMm = 96

/**
 * The middle of the brain, around both hippocampi, in the head's own voxels. Undefined if it is
 * entirely outside the images.
 */
export function partOfBrain(
  head: Volume,
  { centers: { left, right } }: Pick<HeadLocalization, 'centers'>,
): GridPart | undefined {
  const [x, y, z] = left.map((mm, axis) => (mm + right[axis]! - edgeMm + 1) / 2)
  return partWithin(head, {
    dimensions: [edgeMm, edgeMm, edgeMm],
    affine: [1, 0, 0, x!, 0, 1, 0, y!, 0, 0, 1, z!, 0, 0, 0, 1],
  })
}
