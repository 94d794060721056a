import { HippoError } from '../errors.ts'
import { arrangeSlices } from './arrange-slices.ts'
import { checkIntensities } from './check-slices.ts'
import { dropRepeats } from './drop-repeats.ts'
import { explainMixture } from './explain-mixture.ts'
import type { Grid, SliceGeometry, SlicePlane, Volume } from './grid.ts'
import { keepMagnitude } from './keep-magnitude.ts'

/** A volume and, for each of its slices, the index of the given plane. */
export interface AssembledVolume {
  readonly volume: Volume
  readonly order: number[]
  /** Sentences about what was omitted and why. */
  readonly notes: readonly string[]
}

/** A grid and the positions of the given slices in it. */
export interface VolumePlan {
  readonly grid: Grid
  readonly order: readonly number[]
  readonly notes: readonly string[]
}

const fewestSlices = 10

/**
 * Stacks decoded slices into one volume. Slices are sorted along the normal of the image plane (row
 * x column direction), so that the grid is right-handed; names, numbers and the order of arrival
 * have no influence. The step between slices comes from their positions, not from SliceThickness.
 *
 * Of magnitude and phase (or real and imaginary) images, the magnitude is used; of images present
 * twice with the same pixels, one. Other mixtures of acquisitions are rejected as
 * ACQUISITIONS_MIXED, which names the differences.
 *
 * Rejects rather than repairs, always with a sentence: PIXEL_DATA_INVALID, GEOMETRY_INVALID,
 * GEOMETRY_MIXED, TOO_FEW_SLICES, SLICES_DUPLICATED, SLICES_TILTED, SLICES_MISSING. Slices missing
 * at an end of the stack cannot be detected here.
 */
export function assembleVolume(
  slices: readonly SlicePlane[],
  options: { readonly minimumSlices?: number } = {},
): AssembledVolume {
  const parts = keepMagnitude(slices)
  const once = dropRepeats(parts.kept.map((index) => slices[index]!))
  const kept = once.kept.map((index) => parts.kept[index]!)
  const notes = [...parts.notes, ...once.notes]
  const magnitude = kept.map((index) => slices[index]!)
  try {
    const { volume, order } = stackSlices(magnitude, options.minimumSlices ?? fewestSlices)
    return { volume, order: order.map((index) => kept[index]!), notes }
  } catch (fault) {
    throw explainMixture(fault, magnitude)
  }
}

function stackSlices(
  slices: readonly SlicePlane[],
  minimumSlices: number,
): Omit<AssembledVolume, 'notes'> {
  const { grid, order } = arrangeSlices(slices, minimumSlices)
  const volume = emptyVolume(grid)
  for (const [place, index] of order.entries()) placeSlice(volume, place, slices[index]!)
  return { volume, order: [...order] }
}

/** A volume to be filled slice by slice. */
export function emptyVolume({ dimensions, affine }: Grid): Volume {
  const [columns, rows, slices] = dimensions
  // Shared memory: the localizer's thread reads it without a copy.
  const intensities = new Float32Array(new SharedArrayBuffer(4 * columns * rows * slices))
  return { dimensions, affine, intensities }
}

/** Puts a slice at its index (from 0) in the volume. Throws PIXEL_DATA_INVALID. */
export function placeSlice({ dimensions, intensities }: Volume, place: number, slice: SlicePlane) {
  checkIntensities(slice)
  intensities.set(slice.intensities, place * dimensions[0] * dimensions[1])
}

/**
 * The position of each slice before any is decoded: the magnitude images, in order. Undefined if
 * the decision needs pixels or closer analysis (several images at one position, a fault):
 * assembleVolume then decides.
 */
export function planVolume(slices: readonly SliceGeometry[]): VolumePlan | undefined {
  const { kept, notes } = keepMagnitude(slices)
  try {
    const { grid, order } = arrangeSlices(
      kept.map((index) => slices[index]!),
      fewestSlices,
    )
    return { grid, order: order.map((index) => kept[index]!), notes }
  } catch (fault) {
    if (fault instanceof HippoError) return undefined
    throw fault
  }
}
