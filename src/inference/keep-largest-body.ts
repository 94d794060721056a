import type { Vector3 } from '../volume/grid.ts'

/**
 * Clears every labelled voxel that is not part of the largest connected body (voxels that share a
 * face, whatever their labels), in place: a hippocampus is one piece. Answers how many were cleared.
 */
export function keepLargestBody(labels: Uint8Array, dimensions: Vector3): number {
  const [columns, rows, slices] = dimensions
  const plane = columns * rows
  const body = new Int32Array(labels.length)
  const stack = new Int32Array(labels.length)
  let bodies = 0
  let largest = 0
  let largestSize = 0
  let labelled = 0
  for (let seed = 0; seed < labels.length; seed++) {
    if (labels[seed] === 0 || body[seed] !== 0) continue
    bodies++
    let size = 0
    let waiting = 0
    const visit = (voxel: number) => {
      if (labels[voxel] === 0 || body[voxel] !== 0) return
      body[voxel] = bodies
      stack[waiting++] = voxel
      size++
    }
    visit(seed)
    while (waiting > 0) {
      const voxel = stack[--waiting]!
      const column = voxel % columns
      const row = Math.floor(voxel / columns) % rows
      const slice = Math.floor(voxel / plane)
      if (column > 0) visit(voxel - 1)
      if (column < columns - 1) visit(voxel + 1)
      if (row > 0) visit(voxel - columns)
      if (row < rows - 1) visit(voxel + columns)
      if (slice > 0) visit(voxel - plane)
      if (slice < slices - 1) visit(voxel + plane)
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
