import type { Vector3 } from '../../src/volume/grid.ts'

/** Of a network's own blur at the edge of a mask, voxels. */
const sigma = 0.8

function smoothAxis(values: Float32Array, dimensions: Vector3, axis: number): Float32Array {
  const stride = dimensions.slice(0, axis).reduce((a, b) => a * b, 1)
  const length = dimensions[axis]!
  const kernel = [-2, -1, 0, 1, 2].map((x) => Math.exp(-0.5 * (x / sigma) ** 2))
  const total = kernel.reduce((a, b) => a + b)
  return values.map((_, index) => {
    const place = Math.floor(index / stride) % length
    return kernel.reduce((sum, weight, i) => {
      const to = Math.min(length - 1, Math.max(0, place + i - 2))
      return sum + (weight / total) * values[index + (to - place) * stride]!
    }, 0)
  })
}

/** Probabilities (0 to 1) of a foreground like those of a network: the mask with a soft edge. */
export function smoothLabel(labels: Uint8Array, dimensions: Vector3): Float32Array {
  const mask = Float32Array.from(labels, (label) => (label > 0 ? 1 : 0))
  return [0, 1, 2].reduce<Float32Array>(
    (values, axis) => smoothAxis(values, dimensions, axis),
    mask,
  )
}
