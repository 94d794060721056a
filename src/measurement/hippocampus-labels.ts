import type { Side } from './hippocampus-volumes.ts'

/** Labels of one hippocampus. */
export interface HippocampusLabels {
  readonly anterior: number
  readonly posterior: number
}

/** Meaning of the values of a crop's label map, for either side. */
export const cropLabels: HippocampusLabels = { anterior: 1, posterior: 2 }

/** Meaning of the values of a whole head's label map. */
export const headLabels: Readonly<Record<'left' | 'right', HippocampusLabels>> = {
  left: { anterior: 1, posterior: 2 },
  right: { anterior: 3, posterior: 4 },
}

/** A part of a hippocampus and its value in a label map. */
export interface LabelledRegion {
  readonly label: number
  readonly side: Side
  readonly part: 'anterior' | 'posterior'
}

/** The regions of the sides, in the order of their labels. */
export function listRegions(
  sides: readonly { readonly side: Side; readonly labels: HippocampusLabels }[],
): readonly LabelledRegion[] {
  return sides.flatMap(({ side, labels }) => [
    { label: labels.anterior, side, part: 'anterior' as const },
    { label: labels.posterior, side, part: 'posterior' as const },
  ])
}
