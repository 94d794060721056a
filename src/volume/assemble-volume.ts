import { HippoError } from '../errors.ts'
import { checkSlices } from './check-slices.ts'
import { checkSpacing } from './check-spacing.ts'
import { dropRepeats } from './drop-repeats.ts'
import { explainMixture } from './explain-mixture.ts'
import type { SlicePlane, Volume } from './grid.ts'
import { keepMagnitude } from './keep-magnitude.ts'
import { composeAffine } from './patient-affine.ts'
import { cross, dot, normalize, scale, subtract } from './vector3.ts'

/** A volume and, for each of its slices, which of the given planes it is (its index). */
export interface AssembledVolume {
  readonly volume: Volume
  readonly order: number[]
  /** Sentences on what was left out and why. */
  readonly notes: readonly string[]
}

/**
 * Stacks decoded slices into one volume. Slices are sorted along the normal of the image plane
 * (row x column direction), so that the grid is right-handed; names, numbers and the order of arrival
 * play no part. The step between slices comes from their positions, not from SliceThickness.
 *
 * Of magnitude and phase (or real and imaginary) images, the magnitude is taken; of images that are there
 * twice with the same pixels, one. Other mixtures of
 * acquisitions are rejected as ACQUISITIONS_MIXED, which says in what they differ.
 *
 * Rejects rather than repairs, each time with a sentence: PIXEL_DATA_INVALID, GEOMETRY_INVALID,
 * GEOMETRY_MIXED, TOO_FEW_SLICES, SLICES_DUPLICATED, SLICES_TILTED, SLICES_MISSING. Slices missing at
 * an end of the stack cannot be seen here.
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
    const { volume, order } = stackSlices(magnitude, options.minimumSlices ?? 10)
    return { volume, order: order.map((index) => kept[index]!), notes }
  } catch (fault) {
    throw explainMixture(fault, magnitude)
  }
}

function stackSlices(
  slices: readonly SlicePlane[],
  minimumSlices: number,
): Omit<AssembledVolume, 'notes'> {
  const [first] = slices
  if (first === undefined || slices.length < minimumSlices) {
    throw new HippoError(
      'TOO_FEW_SLICES',
      `The series has ${slices.length} ${slices.length === 1 ? 'slice' : 'slices'}; at least ${minimumSlices} are needed to measure a volume.`,
      { details: { slices: slices.length, minimumSlices } },
    )
  }
  checkSlices(slices)

  const rowCosines = normalize(first.rowCosines)
  const columnCosines = normalize(first.columnCosines)
  const normal = normalize(cross(rowCosines, columnCosines))
  const distances = slices.map((slice) => dot(slice.imagePositionPatient, normal))
  const order = slices.map((_, i) => i).sort((a, b) => distances[a]! - distances[b]!)
  const sorted = order.map((i) => slices[i]!)
  checkSpacing(sorted, normal)

  const bottom = sorted[0]!
  const top = sorted[sorted.length - 1]!
  const { rows, columns } = first
  const voxels = columns * rows * sorted.length
  // Shared memory: the localizer's thread reads it where it lies.
  const intensities = new Float32Array(new SharedArrayBuffer(4 * voxels))
  sorted.forEach((slice, i) => {
    intensities.set(slice.intensities, i * columns * rows)
  })
  const affine = composeAffine({
    imagePositionPatient: bottom.imagePositionPatient,
    rowCosines,
    columnCosines,
    pixelSpacing: first.pixelSpacing,
    sliceStep: scale(
      subtract(top.imagePositionPatient, bottom.imagePositionPatient),
      1 / (sorted.length - 1),
    ),
  })
  return { volume: { dimensions: [columns, rows, sorted.length], affine, intensities }, order }
}
