import type { Volume } from '../volume/grid.ts'
import { spacingOf } from '../volume/patient-affine.ts'

/** Half of a Gaussian of the given width in voxels, from its centre outwards, not normalised. */
function halfKernel(sigma: number): Float64Array {
  const reach = Math.ceil(3 * sigma)
  return Float64Array.from({ length: reach + 1 }, (_, i) =>
    Math.exp((-i * i) / (2 * sigma * sigma)),
  )
}

/**
 * Smooths all lines along one axis in place; at the ends the kernel is truncated and renormalised.
 */
function smoothAlong(
  values: Float32Array,
  size: number,
  stride: number,
  kernel: Float64Array,
): void {
  const reach = kernel.length - 1
  const weights = Float64Array.from({ length: size }, (_, at) => {
    let sum = 0
    for (let i = Math.max(0, at - reach); i <= Math.min(size - 1, at + reach); i++) {
      sum += kernel[Math.abs(i - at)]!
    }
    return sum
  })
  // Adjacent lines are processed together to read memory sequentially. Padding avoids tests at the
  // ends.
  const lines = values.length / size
  const padded = new Float64Array(size + 2 * reach)
  for (let line = 0; line < lines; line++) {
    const start = (line % stride) + Math.floor(line / stride) * stride * size
    for (let i = 0; i < size; i++) padded[reach + i] = values[start + i * stride]!
    for (let i = 0; i < size; i++) {
      let sum = kernel[0]! * padded[reach + i]!
      for (let d = 1; d <= reach; d++) {
        sum += kernel[d]! * (padded[reach + i - d]! + padded[reach + i + d]!)
      }
      values[start + i * stride] = sum / weights[i]!
    }
  }
}

/** The volume blurred by a Gaussian of the given standard deviation, millimetres, along its own axes. */
export function smoothVolume(volume: Volume, sigmaMm: number): Volume {
  const { dimensions, affine } = volume
  const intensities = volume.intensities.slice()
  const spacing = spacingOf(affine)
  let stride = 1
  for (let axis = 0; axis < 3; axis++) {
    const sigma = sigmaMm / spacing[axis]!
    const size = dimensions[axis]!
    if (sigma > 0.2 && size > 1) smoothAlong(intensities, size, stride, halfKernel(sigma))
    stride *= size
  }
  return { dimensions, affine, intensities }
}
