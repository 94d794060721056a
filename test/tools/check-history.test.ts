import { describe, expect, it } from 'vitest'
import {
  type HeadGrid,
  imageSlice,
  makeVisit,
  toVoxel,
} from '../../tools/check-history/image-head.ts'
import { makeShrinking, type Vector3 } from '../../tools/check-history/shrink-label.ts'
import type { Template } from '../../tools/sample-study/read-template.ts'
import { seededRandom } from '../../tools/seeded-random.ts'

const middle = [40, 50, 40] as const
const inLabel = ([x, y, z]: Vector3) =>
  ((x - middle[0]) / 5) ** 2 + ((y - middle[1]) / 16) ** 2 + ((z - middle[2]) / 6) ** 2 <= 1
/** An atlas with one ellipsoid, and a head that grows brighter from right to left. */
const template = (at: (i: number, j: number, k: number) => number): Template => ({
  dimensions: [80, 100, 80],
  origin: [40, 50, -40],
  at: (i, j, k) => (i >= 0 && j >= 0 && k >= 0 && i < 80 && j < 100 && k < 80 ? at(i, j, k) : 0),
})
const atlas = template((i, j, k) => (inLabel([i, j, k]) ? 37 : 0))
const shrink = makeShrinking(atlas, 37)

describe('the head of the history check', () => {
  it.each([0.97, 0.91, 0.8])('has a hippocampus that shrinks to exactly %d', (share) => {
    const warp = shrink(share)
    const random = seededRandom(5)
    let [before, after] = [0, 0]
    for (let count = 0; count < 400_000; count++) {
      const point = middle.map((at, axis) => at + [8, 20, 9][axis]! * (2 * random() - 1)) as never
      if (inLabel(point)) before++
      if (inLabel(warp(point))) after++
    }
    expect(after / before).toBeCloseTo(share, 2)
  })

  it('is unchanged further away, and never folds', () => {
    const warp = shrink(0.8)
    const far = [middle[0] + 5 + 18, 50, 40] as const
    expect(warp(far)).toEqual(far)
    let last = -1
    for (let x = 0; x < 80; x += 0.25) {
      const [moved] = warp([x, 52, 41])
      expect(moved).toBeGreaterThan(last)
      last = moved
    }
  })

  it('has a different position at each visit, the same at the same visit', () => {
    const point = [10, -20, 30] as const
    const [visit, again, other] = [makeVisit(1), makeVisit(1), makeVisit(2)]
    expect(visit.toHead(point)).toEqual(again.toHead(point))
    expect(visit.toHead(point)).not.toEqual(other.toHead(point))
    for (const [axis, at] of visit.toHead(visit.toScanner(point)).entries()) {
      expect(at).toBeCloseTo(point[axis]!, 9)
    }
  })

  it('is imaged in place: rows to the back, columns down, slices to the right', () => {
    const head = template((i, j, k) => i + j / 2 + k / 4 + 20)
    const still = { ...makeVisit(1), toHead: (point: Vector3) => point, shading: () => 1 }
    const grid: HeadGrid = { columns: 7, rows: 5, slices: 3, center: [0, 0, 0] }
    const silent = { ...still, normal: () => 0 }
    const pixels = imageSlice(head, (point) => point, silent, grid, 2)
    const expected = ([x, y, z]: Vector3) => {
      const [i, j, k] = toVoxel(head, [x, y, z])
      return Math.round(4 * (i + j / 2 + k / 4 + 20))
    }
    expect(pixels[0]).toBe(expected([-1, -3, 2]))
    expect(pixels[4 * 7 + 6]).toBe(expected([-1, 3, -2]))
  })
})
