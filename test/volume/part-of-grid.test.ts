import { describe, expect, it } from 'vitest'
import type { Grid, Vector3 } from '../../src/volume/grid.ts'
import { middleOfLabels, shareOnBorder } from '../../src/volume/label-box.ts'
import { cutPart, partWithin, shareWithin, visitPart } from '../../src/volume/part-of-grid.ts'
import { chainAffines, invertAffine, voxelToPatient } from '../../src/volume/patient-affine.ts'
import { toVector3 } from '../../src/volume/vector3.ts'
import { makeGrid, paint } from './phantom.ts'

const head = makeGrid([30, 40, 20], [1, 0.8, 1.5], [10, -20, 15], [-20, 12, 7])
const boxAround = (middle: Vector3, size: Vector3, degrees: Vector3): Grid => {
  const grid = makeGrid(size, [1, 1, 1], degrees)
  const at = voxelToPatient(grid.affine, toVector3(size.map((n) => (n - 1) / 2)))
  return makeGrid(size, [1, 1, 1], degrees, [
    middle[0] - at[0],
    middle[1] - at[1],
    middle[2] - at[2],
  ])
}
const middle = voxelToPatient(head.affine, [14, 22, 9])

describe('the part of a grid within a box', () => {
  it('contains every voxel whose centre is in the box, and few others', () => {
    const box = boxAround(middle, [9, 7, 11], [0, 30, 5])
    const part = partWithin(head, box)!
    const toBox = chainAffines(head.affine, invertAffine(box.affine))
    const inside: number[] = []
    paint(head, () => 0).intensities.forEach((_, index) => {
      const [columns, rows] = head.dimensions
      const voxel = voxelToPatient(toBox, [
        index % columns,
        Math.floor(index / columns) % rows,
        Math.floor(index / (columns * rows)),
      ])
      if (voxel.every((v, axis) => v >= -0.5 && v <= box.dimensions[axis]! - 0.5)) {
        inside.push(index)
      }
    })
    const covered = new Set<number>()
    visitPart(part, head, (_inPart, inHead) => covered.add(inHead))
    expect(inside.length).toBeGreaterThan(300)
    expect(inside.every((index) => covered.has(index))).toBe(true)
    expect(covered.size).toBeLessThan(head.dimensions.reduce((a, b) => a * b))
  })

  it('is the smallest possible', () => {
    const grid = makeGrid([10, 10, 10])
    // Voxel centres from 2.2 to 5.2, and half a voxel more on both ends: 1.7 to 5.7.
    const shifted = (by: number) => ({
      dimensions: [4, 4, 4] as const,
      affine: grid.affine.map((value, index) =>
        index % 4 === 3 && index < 12 ? value + by : value,
      ),
    })
    const part = partWithin(grid, shifted(2.2))!
    expect(part.start).toEqual([2, 2, 2])
    expect(part.grid.dimensions).toEqual([4, 4, 4])
    const later = partWithin(grid, shifted(2.8))!
    expect(later.start).toEqual([3, 3, 3])
    expect(later.grid.dimensions).toEqual([4, 4, 4])
  })

  it('has the same position in the patient as the whole', () => {
    const where = paint(head, ([x, y, z]) => x + 100 * y + 10_000 * z)
    const part = partWithin(head, boxAround(middle, [9, 7, 11], [0, 30, 5]))!
    const cut = cutPart(where, part)
    const again = paint(part.grid, ([x, y, z]) => x + 100 * y + 10_000 * z)
    cut.intensities.forEach((value, index) => {
      expect(Math.abs(value - again.intensities[index]!)).toBeLessThan(1)
    })
  })

  it("ends at the grid's edges, and is undefined without an overlap", () => {
    const corner = voxelToPatient(head.affine, [0, 0, 0])
    const box = boxAround(corner, [20, 20, 20], [10, -20, 15])
    const part = partWithin(head, box)!
    expect(part.start).toEqual([0, 0, 0])
    expect(shareWithin(box, head)).toBeGreaterThan(0.1)
    expect(shareWithin(box, head)).toBeLessThan(0.2)
    expect(shareWithin(boxAround(middle, [5, 5, 5], [0, 0, 0]), head)).toBe(1)
    expect(partWithin(head, boxAround([500, 500, 500], [9, 9, 9], [0, 0, 0]))).toBeUndefined()
  })
})

describe('the box around labels', () => {
  const grid = makeGrid([10, 12, 14], [2, 1, 1], [0, 0, 20], [5, 6, 7])
  const labelAt = (voxels: readonly Vector3[]) => {
    const labels = new Uint8Array(10 * 12 * 14)
    for (const [i, j, k] of voxels) labels[i + 10 * (j + 12 * k)] = 1
    return labels
  }

  it('has its middle in the patient, whatever lies between', () => {
    const labels = labelAt([
      [2, 3, 4],
      [6, 9, 5],
    ])
    expect(middleOfLabels(labels, grid)).toEqual(voxelToPatient(grid.affine, [4, 6, 4.5]))
    expect(middleOfLabels(labelAt([]), grid)).toBeUndefined()
  })

  it('gives the share of labels on the border', () => {
    expect(shareOnBorder(labelAt([[2, 3, 4]]), grid.dimensions)).toBe(0)
    const half = labelAt([
      [9, 3, 4],
      [5, 5, 5],
    ])
    expect(shareOnBorder(half, grid.dimensions)).toBe(0.5)
    expect(shareOnBorder(labelAt([]), grid.dimensions)).toBe(0)
  })
})
