import { dropZeros } from '../../volume/drop-zeros.ts'
import type { Volume } from '../../volume/grid.ts'
import { selectRank } from '../../volume/select-rank.ts'

/** White matter fills enough of a hippocampus's surroundings to be their brightest tenth. */
const whiteMatterRank = 0.9
const fluidRank = 0.1
/** Of the contrast between fluid and white matter, above white matter. */
const margin = 0.45
/** Vessels are connected; noise voxels are isolated. */
const fewestNeighbours = 2

/**
 * Share (0 to 1) of the surroundings of a hippocampus that is clearly brighter than white matter, as
 * blood and the choroid plexus are after a contrast agent. `volume` is the box around the hippocampus;
 * its corners, with the skull base in them, do not count. 0 without contrast.
 */
export function measureBrightShare({ dimensions, intensities }: Volume): number {
  const shown = dropZeros(intensities)
  if (shown.length === 0) return 0
  const at = (share: number) => selectRank(shown, Math.round(share * (shown.length - 1)))
  const whiteMatter = at(whiteMatterRank)
  const contrast = whiteMatter - at(fluidRank)
  if (!(contrast > 0)) return 0
  const threshold = whiteMatter + margin * contrast
  const [columns, rows, slices] = dimensions
  const strides = [1, columns, columns * rows]
  const along = (index: number, n: number) => ((2 * index + 1) / n - 1) ** 2
  let inside = 0
  let bright = 0
  for (let k = 1; k + 1 < slices; k++) {
    for (let j = 1; j + 1 < rows; j++) {
      const offMiddle = along(j, rows) + along(k, slices)
      if (offMiddle >= 1) continue
      for (let i = 1; i + 1 < columns; i++) {
        if (offMiddle + along(i, columns) >= 1) continue
        inside++
        const voxel = i + columns * (j + rows * k)
        if (intensities[voxel]! <= threshold) continue
        let neighbours = 0
        for (const stride of strides) {
          if (intensities[voxel - stride]! > threshold) neighbours++
          if (intensities[voxel + stride]! > threshold) neighbours++
        }
        if (neighbours >= fewestNeighbours) bright++
      }
    }
  }
  return inside === 0 ? 0 : bright / inside
}
