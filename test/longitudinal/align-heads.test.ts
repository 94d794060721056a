import { describe, expect, it } from 'vitest'
import { rotationAbout } from '../../src/localization/pose.ts'
import { alignHeads } from '../../src/longitudinal/align-heads.ts'
import type { HeadFrame } from '../../src/longitudinal/half-way-frame.ts'
import type { Grid, Vector3 } from '../../src/volume/grid.ts'
import { scanHead, waves } from './made-up-head.ts'

const grid: Grid = {
  dimensions: [40, 40, 40],
  affine: [2, 0, 0, -39, 0, 2, 0, -39, 0, 0, 2, -39, 0, 0, 0, 1],
}
const straight: HeadFrame = { axes: [1, 0, 0, 0, 1, 0, 0, 0, 1], origin: [0, 0, 0] }
const moved: HeadFrame = { axes: rotationAbout([0.05, -0.06, 0.04]), origin: [2.5, -1.5, 2] }
const shaded = ([x, y]: Vector3) => 1.3 + x / 300 - y / 400

const points: number[] = []
for (let k = -24; k <= 24; k += 4) {
  for (let j = -24; j <= 24; j += 4) for (let i = -24; i <= 24; i += 4) points.push(i, j, k)
}
const places = Float32Array.from(points)
const first = scanHead(waves, straight, grid)
const second = scanHead(waves, moved, grid, shaded)
const start = [straight, straight] as const

/** Where a frame puts a point, LPS mm. */
const put = ({ axes, origin }: HeadFrame, point: Vector3) =>
  [0, 1, 2].map((i) => origin[i]! + point.reduce((sum, mm, n) => sum + axes[3 * i + n]! * mm, 0))

/** How far the same place of the head lies apart in the two scans, mm, 20 mm from the middle. */
function misplaced([a, b]: readonly [HeadFrame, HeadFrame]): number {
  const corners: Vector3[] = [
    [20, 0, 0],
    [0, 20, 0],
    [0, 0, -20],
  ]
  return Math.max(
    ...corners.map((corner) => {
      const place = put(a, corner) as unknown as Vector3
      return Math.hypot(...put(moved, place).map((mm, axis) => mm - put(b, corner)[axis]!))
    }),
  )
}

describe('two scans of one head', () => {
  const found = alignHeads({ earlier: first, later: second, frames: start }, places, 25)

  it('lie on each other after they are aligned, though one is brighter here and darker there', () => {
    expect(misplaced(start)).toBeGreaterThan(2)
    expect(misplaced(found!.frames)).toBeLessThan(0.05)
    expect(found!.correlation).toBeGreaterThan(0.99)
  })

  it('meet half-way: each is moved by the same, and exchanging them exchanges their frames', () => {
    const [a, b] = found!.frames
    for (const axis of [0, 1, 2]) expect(a.origin[axis]).toBeCloseTo(-b.origin[axis]!, 1)
    const swapped = alignHeads({ earlier: second, later: first, frames: start }, places, 25)
    const differences = [0, 1, 2].map((axis) =>
      Math.abs(swapped!.frames[0].origin[axis]! - b.origin[axis]!),
    )
    expect(Math.max(...differences)).toBeLessThan(1e-3)
  })

  it('stay where they are if they are one and the same', () => {
    const same = alignHeads({ earlier: first, later: first, frames: start }, places, 5)
    expect(same!.correlation).toBeCloseTo(1, 6)
    expect(same!.frames[1].origin.every((mm) => Math.abs(mm) < 1e-6)).toBe(true)
  })

  it('are not aligned where one of them shows nothing', () => {
    const empty = { ...second, intensities: new Float32Array(second.intensities.length) }
    expect(alignHeads({ earlier: first, later: empty, frames: start }, places, 5)).toBeUndefined()
  })
})
