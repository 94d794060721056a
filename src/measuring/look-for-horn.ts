import { clearSpecks } from '../inference/keep-bodies.ts'
import type { Segmenter } from '../inference/segmenter.ts'
import { hornLabels } from '../measurement/temporal-horn.ts'
import type { LabelMap, Volume } from '../volume/grid.ts'
import { shareOnBorder } from '../volume/label-box.ts'
import { type GridPart, visitPart } from '../volume/part-of-grid.ts'
import { bringToPart, clearProbabilities } from './label-part.ts'
import type { HippocampusLook } from './look-for-hippocampus.ts'

/**
 * What of a horn is a speck: the choroid fissure's fluid above the hippocampus, mostly. A horn may be in several
 * pieces, which lie up to a centimetre apart. Chosen on drawn heads and on IXI (docs/temporal-horn.md); voxels of the
 * box, 1 mm.
 */
const piece = { leastShare: 0.1, leastVoxels: 30 }

/** What was seen of the temporal horn beside one hippocampus of a whole head. */
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
 * Looks for the temporal horn in the box that a hippocampus was found in last: the same intensities, another
 * network, without its specks. A voxel of `labelMap`, the hippocampi on the head's own grid, is never horn. Undefined where the
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
  const first = Uint8Array.from(horn, (probability) => (probability > 0.5 ? 1 : 0))
  const inBox = first.slice()
  clearSpecks(inBox, box.dimensions, piece)
  const background = [horn.map((probability) => 1 - probability)]
  const isCleared = (voxel: number) => inBox[voxel] !== first[voxel]
  const [brought] = bringToPart(clearProbabilities(background, isCleared), box, part)
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
