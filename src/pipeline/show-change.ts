import type { SideReading } from '../longitudinal/measure-change.ts'
import type { ChangeView } from '../report/change-view.ts'

/** A box's voxels of one sagittal slice: columns to the back, rows down; the box's run up, forth and right. */
function cutSlice(
  values: Float32Array,
  [up, forth]: readonly [number, number, number],
  slice: number,
): Float32Array {
  const cut = new Float32Array(up * forth)
  for (let row = 0; row < up; row++) {
    for (let column = 0; column < forth; column++) {
      const from = up - 1 - row + up * (forth - 1 - column + forth * slice)
      cut[column + forth * row] = values[from]!
    }
  }
  return cut
}

/** The slice in which both outlines together are largest. */
function findLargest(outlines: SideReading['boxes']['outlines'], plane: number): number {
  const sums = new Float64Array(outlines[0].length / plane)
  for (const outline of outlines) {
    for (let at = 0; at < outline.length; at++) sums[Math.floor(at / plane)]! += outline[at]!
  }
  return sums.indexOf(Math.max(...sums))
}

/** What the page shows of a change: one sagittal slice of each side, earlier and present. */
export function showChange(sides: readonly SideReading[]): ChangeView[] {
  return sides.map(({ side, boxes, levels }) => {
    const { grid, earlier, later, outlines } = boxes
    const [up, forth] = grid.dimensions
    const slice = findLargest(outlines, up * forth)
    const cut = (values: Float32Array) => cutSlice(values, grid.dimensions, slice)
    return {
      ...{ side, columns: forth, rows: up },
      slices: [cut(earlier), cut(later)],
      outlines: [cut(outlines[0]), cut(outlines[1])],
      window: [0.5 * levels.fluid, 1.2 * levels.white],
    }
  })
}
