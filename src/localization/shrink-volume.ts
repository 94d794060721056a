import type { Volume } from '../volume/grid.ts'
import {
  affineColumn,
  affineFromColumns,
  spacingOf,
  voxelToPatient,
} from '../volume/patient-affine.ts'
import { scale, toVector3 } from '../volume/vector3.ts'
import type { IntensityRange } from './intensity-range.ts'

function addRow(line: Float64Array, intensities: Float32Array, from: number): void {
  for (let i = 0; i < line.length; i++) line[i]! += intensities[from + i]!
}

/** The same for intensities above the range's low end; NaN is background. */
function addClipped(
  line: Float64Array,
  intensities: Float32Array,
  from: number,
  { low, high }: IntensityRange,
): void {
  for (let i = 0; i < line.length; i++) {
    const value = intensities[from + i]!
    if (value > low) line[i]! += (value < high ? value : high) - low
  }
}

/** Writes the mean of each `width` sums, of `1 / share` voxels each. */
function foldLine(
  line: Float64Array,
  width: number,
  share: number,
  averaged: Float32Array,
  to: number,
): void {
  for (let from = 0, at = to; from < line.length; from += width, at++) {
    let sum = 0
    for (let x = 0; x < width; x++) sum += line[from + x]!
    averaged[at] = sum * share
  }
}

/**
 * The volume with blocks of voxels averaged into one, sized so that the spacing is closest to the
 * given one; coarser axes stay unchanged. Incomplete blocks at the far ends are dropped. With a
 * range, intensities are clipped to it and start at its low end.
 */
export function shrinkVolume(volume: Volume, spacingMm: number, range?: IntensityRange): Volume {
  const { affine, intensities } = volume
  const [columns, rows] = volume.dimensions
  const spacing = spacingOf(affine)
  const block = toVector3(
    volume.dimensions.map((size, axis) =>
      Math.max(1, Math.min(size, Math.round(spacingMm / spacing[axis]!))),
    ),
  )
  const [width, height, depth] = block
  const small = toVector3(volume.dimensions.map((size, axis) => Math.floor(size / block[axis]!)))
  const averaged = new Float32Array(small[0] * small[1] * small[2])
  // Rows are summed in memory order and reduced once: nested short loops take three times as long.
  const line = new Float64Array(small[0] * width)
  const share = 1 / (width * height * depth)
  for (let k = 0, to = 0; k < small[2]; k++) {
    for (let j = 0; j < small[1]; j++) {
      line.fill(0)
      for (let slice = k * depth; slice < (k + 1) * depth; slice++) {
        for (let row = j * height; row < (j + 1) * height; row++) {
          const from = columns * (row + rows * slice)
          if (range === undefined) addRow(line, intensities, from)
          else addClipped(line, intensities, from, range)
        }
      }
      foldLine(line, width, share, averaged, to)
      to += small[0]
    }
  }
  const step = (axis: 0 | 1 | 2) => scale(affineColumn(affine, axis), block[axis])
  const first = toVector3(block.map((size) => (size - 1) / 2))
  return {
    dimensions: small,
    affine: affineFromColumns([step(0), step(1), step(2)], voxelToPatient(affine, first)),
    intensities: averaged,
  }
}
