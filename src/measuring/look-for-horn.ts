import type { Segmenter } from '../inference/segmenter.ts'
import { hornLabels } from '../measurement/temporal-horn.ts'
import type { LabelMap, Volume } from '../volume/grid.ts'
import { shareOnBorder } from '../volume/label-box.ts'
import { type GridPart, visitPart } from '../volume/part-of-grid.ts'
import { bringToPart } from './label-part.ts'
import type { HippocampusLook } from './look-for-hippocampus.ts'

/** The findings about the temporal horn next to one hippocampus of a whole head. */
export interface HornLook {
  readonly side: 'left' | 'right'
  /** The head's own voxels that were searched. */
  readonly part: GridPart
  /** 1 for voxels of the part that are temporal horn and not hippocampus. */
  readonly mask: Uint8Array
  readonly voxels: number
  /** Share (0 to 1) of the horn in the outermost layer of the box. */
  readonly borderShare: number
}

/**
 * Finds the temporal horn in the last box of a hippocampus: the same intensities, another network.
 * A voxel of `labelMap`, the hippocampi on the head's own grid, is never horn. Undefined if the
 * model has no network for it. Throws as Segmenter.predictHorn does.
 */
export async function lookForHorn(
  { side, box, intensities, part }: HippocampusLook,
  labelMap: LabelMap,
  { predictHorn }: Segmenter,
  signal: AbortSignal | undefined,
): Promise<HornLook | undefined> {
  if (predictHorn === undefined) return undefined
  const volume: Volume = { ...box, intensities }
  const horn = await predictHorn(volume, { side, signal })
  const inBox = Uint8Array.from(horn, (probability) => (probability > 0.5 ? 1 : 0))
  const [brought] = bringToPart([horn.map((probability) => 1 - probability)], box, part)
  const mask = new Uint8Array(brought!.length)
  let voxels = 0
  visitPart(part, labelMap, (inPart, inHead) => {
    if (brought![inPart]! >= 0.5 || labelMap.labels[inHead] !== 0) return
    mask[inPart] = 1
    voxels++
  })
  return { side, part, mask, voxels, borderShare: shareOnBorder(inBox, box.dimensions) }
}

/** The label map with the horns, numbered by hornLabels; the map itself if there are none. */
export function addHorns(
  labelMap: LabelMap,
  horns: readonly Pick<HornLook, 'side' | 'part' | 'mask'>[],
): LabelMap {
  if (horns.length === 0) return labelMap
  const labels = labelMap.labels.slice()
  for (const { side, part, mask } of horns) {
    visitPart(part, labelMap, (inPart, inHead) => {
      if (mask[inPart] === 1) labels[inHead] = hornLabels[side]
    })
  }
  return { ...labelMap, labels }
}
