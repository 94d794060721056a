import type { Vector3 } from '../../volume/grid.ts'

/** An average over three voxels, three times: close to a Gaussian with a standard deviation of 1.4 voxels. */
const [middle, first, second, third] = [7 / 27, 6 / 27, 3 / 27, 1 / 27] as const
const reach = 3

function smoothAlong(
  values: Float32Array,
  length: number,
  stride: number,
): Float32Array<ArrayBuffer> {
  const smooth = Float32Array.from(values)
  const plane = stride * length
  const [one, two, three] = [stride, 2 * stride, 3 * stride]
  for (let start = 0; start < values.length; start += plane) {
    const end = start + (length - reach) * stride
    for (let at = start + reach * stride; at < end; at++) {
      smooth[at] =
        middle * values[at]! +
        first * (values[at - one]! + values[at + one]!) +
        second * (values[at - two]! + values[at + two]!) +
        third * (values[at - three]! + values[at + three]!)
    }
  }
  return smooth
}

/**
 * Smooths a volume along its three axes. Voxels within three of a face are only partly smoothed.
 */
export function smoothInside(intensities: Float32Array, dimensions: Vector3): Float32Array {
  const [columns, rows, slices] = dimensions
  const alongRows = smoothAlong(intensities, columns, 1)
  const inSlices = smoothAlong(alongRows, rows, columns)
  return smoothAlong(inSlices, slices, columns * rows)
}
