import type { Vector3 } from '../volume/grid.ts'

/**
 * Clears every labelled voxel that is not part of the largest connected body (voxels that share a
 * face, whatever their labels), in place: a hippocampus is one piece. Returns how many were cleared.
 */
export function keepLargestBody(labels: Uint8Array, dimensions: Vector3): number {
  const [columns, rows, slices] = dimensions
  const plane = columns * rows
  const steps = [-1, 1, -columns, columns, -plane, plane]
  const body = new Int32Array(labels.length)
  const stack = new Int32Array(labels.length)
  let bodies = 0
  let largest = 0
  let largestSize = 0
  let labelled = 0
  for (let seed = 0; seed < labels.length; seed++) {
    if (labels[seed] === 0 || body[seed] !== 0) continue
    bodies++
    body[seed] = bodies
    stack[0] = seed
    let size = 1
    let waiting = 1
    while (waiting > 0) {
      const voxel = stack[--waiting]!
      const column = voxel % columns
      const row = Math.floor(voxel / columns) % rows
      const slice = Math.floor(voxel / plane)
      // A bit for each step that stays within the grid.
      const open =
        (column > 0 ? 1 : 0) |
        (column < columns - 1 ? 2 : 0) |
        (row > 0 ? 4 : 0) |
        (row < rows - 1 ? 8 : 0) |
        (slice > 0 ? 16 : 0) |
        (slice < slices - 1 ? 32 : 0)
      for (let side = 0; side < 6; side++) {
        if (((open >> side) & 1) === 0) continue
        const next = voxel + steps[side]!
        if (labels[next] === 0 || body[next] !== 0) continue
        body[next] = bodies
        stack[waiting++] = next
        size++
      }
    }
    labelled += size
    if (size > largestSize) {
      largest = bodies
      largestSize = size
    }
  }
  for (let voxel = 0; voxel < labels.length; voxel++) {
    if (body[voxel] !== largest) labels[voxel] = 0
  }
  return labelled - largestSize
}
