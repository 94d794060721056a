import type { Vector3 } from '../volume/grid.ts'

/**
 * Steps from voxel to voxel along the axes of a grid to the nearest one that the mask holds (0 inside it),
 * at most `farthest`.
 */
export function blocksFromMask(
  isIn: (voxel: number) => boolean,
  [columns, rows, slices]: Vector3,
  farthest: number,
): Uint8Array {
  const plane = columns * rows
  const steps = new Uint8Array(plane * slices)
  for (let at = 0; at < steps.length; at++) steps[at] = isIn(at) ? 0 : farthest
  const relax = (at: number, from: number) => {
    if (steps[from]! + 1 < steps[at]!) steps[at] = steps[from]! + 1
  }
  for (let k = 0, at = 0; k < slices; k++) {
    for (let j = 0; j < rows; j++) {
      for (let i = 0; i < columns; i++, at++) {
        if (i > 0) relax(at, at - 1)
        if (j > 0) relax(at, at - columns)
        if (k > 0) relax(at, at - plane)
      }
    }
  }
  for (let k = slices - 1, at = steps.length - 1; k >= 0; k--) {
    for (let j = rows - 1; j >= 0; j--) {
      for (let i = columns - 1; i >= 0; i--, at--) {
        if (i < columns - 1) relax(at, at + 1)
        if (j < rows - 1) relax(at, at + columns)
        if (k < slices - 1) relax(at, at + plane)
      }
    }
  }
  return steps
}
