import { smoothVolume } from '../../localization/smooth-volume.ts'
import type { Grid } from '../../volume/grid.ts'

/** Values on a grid, blurred by a Gaussian of the given standard deviation, millimetres. */
export function smoothValues(
  values: Float32Array | Uint8Array,
  grid: Grid,
  sigmaMm: number,
): Float32Array {
  return smoothVolume({ ...grid, intensities: Float32Array.from(values) }, sigmaMm).intensities
}
