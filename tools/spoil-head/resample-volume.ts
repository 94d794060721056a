import type { Grid, LabelMap, Volume } from '../../src/volume/grid.ts'
import { sampleTrilinear } from '../../src/volume/resample.ts'
import { visitRows } from '../../src/volume/visit-rows.ts'

/** Intensities of a volume on another grid, trilinear; 0 or `outside` beyond the volume. */
export function resampleVolume(volume: Volume, target: Grid, outside = 0): Volume {
  return {
    dimensions: target.dimensions,
    affine: target.affine,
    intensities: sampleTrilinear(volume.intensities, volume, target, outside),
  }
}

/** Labels on another grid, each voxel taking the nearest one; 0 beyond the label map. */
export function resampleLabels(labelMap: LabelMap, target: Grid): LabelMap {
  const [columns, rows, slices] = labelMap.dimensions
  const labels = new Uint8Array(target.dimensions.reduce((a, b) => a * b))
  visitRows(labelMap, target, ({ index, length, start, step }) => {
    for (let voxel = 0; voxel < length; voxel++) {
      const i = Math.round(step[0] * voxel + start[0])
      const j = Math.round(step[1] * voxel + start[1])
      const k = Math.round(step[2] * voxel + start[2])
      if (i < 0 || j < 0 || k < 0 || i >= columns || j >= rows || k >= slices) continue
      labels[index + voxel] = labelMap.labels[i + columns * (j + rows * k)]!
    }
  })
  return { dimensions: target.dimensions, affine: target.affine, labels }
}
