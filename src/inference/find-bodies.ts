import type { Vector3 } from '../volume/grid.ts'

/** What voxels must share to be one body: a face (6 neighbours), or a corner at least (26). */
export type Touch = 'face' | 'corner'

/** The connected bodies of a mask. */
export interface Bodies {
  /** Of each voxel: the number of its body, from 1; 0 where nothing is labelled. */
  readonly bodyOf: Int32Array
  /** Voxels of each body by its number; that of 0 is 0. */
  readonly sizes: readonly number[]
  /** The number of the largest body, of equal ones the first; 0 where there is none. */
  readonly largest: number
}

function listSteps(touch: Touch): Vector3[] {
  const along = [-1, 0, 1]
  const all = along.flatMap((z) => along.flatMap((y) => along.map((x): Vector3 => [x, y, z])))
  const most = touch === 'face' ? 1 : 3
  return all.filter((step) => {
    const axes = step.filter((move) => move !== 0).length
    return axes > 0 && axes <= most
  })
}

/** Finds the connected bodies of everything that is labelled, whatever its label. */
export function findBodies(labels: Uint8Array, dimensions: Vector3, touch: Touch): Bodies {
  const [columns, rows, slices] = dimensions
  const steps = listSteps(touch)
  const bodyOf = new Int32Array(labels.length)
  const stack = new Int32Array(labels.length)
  const sizes = [0]
  for (let seed = 0; seed < labels.length; seed++) {
    if (labels[seed] === 0 || bodyOf[seed] !== 0) continue
    const body = sizes.length
    bodyOf[seed] = body
    stack[0] = seed
    let size = 1
    let waiting = 1
    while (waiting > 0) {
      const voxel = stack[--waiting]!
      const column = voxel % columns
      const row = Math.floor(voxel / columns) % rows
      const slice = Math.floor(voxel / (columns * rows))
      for (const [x, y, z] of steps) {
        if (column + x < 0 || column + x >= columns) continue
        if (row + y < 0 || row + y >= rows) continue
        if (slice + z < 0 || slice + z >= slices) continue
        const next = voxel + x + columns * (y + rows * z)
        if (labels[next] === 0 || bodyOf[next] !== 0) continue
        bodyOf[next] = body
        stack[waiting++] = next
        size++
      }
    }
    sizes.push(size)
  }
  const largest = sizes.reduce((best, size, body) => (size > sizes[best]! ? body : best), 0)
  return { bodyOf, sizes, largest }
}
