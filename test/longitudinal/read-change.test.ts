import { describe, expect, it } from 'vitest'
import { isMoreThanLoss } from '../../src/longitudinal/more-than-loss.ts'
import { type PairBoxes, readChange } from '../../src/longitudinal/read-change.ts'
import { weighSigns } from '../../src/measurement/judge-change.ts'
import type { Grid } from '../../src/volume/grid.ts'

const size = 32
const grid: Grid = {
  dimensions: [size, size, size],
  affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
}
const [fluid, grey, white] = [20, 70, 105]
const radius = 8

/** Share of a voxel within a ball about the middle of the box, its border half a voxel soft. */
const share = (distance: number, mm: number) => Math.min(1, Math.max(0, mm - distance + 0.5))

/**
 * Grey tissue in a ball, white matter below the middle and fluid above it, with fine texture. Where the ball
 * shrinks, white matter follows below, and fluid above.
 */
function draw(mm: number, gain = 1, slope = 0): Float32Array {
  return Float32Array.from({ length: size ** 3 }, (_, at) => {
    const [x, y, z] = [at % size, Math.floor(at / size) % size, Math.floor(at / size ** 2)]
    const [dx, dy, dz] = [x - 15.5, y - 15.5, z - 15.5]
    const inside = share(Math.hypot(dx, dy, dz), mm)
    const above = share(-dz, 0)
    const around = white + (fluid - white) * above
    const texture = 1 + 0.01 * Math.sin(1.7 * dx + 0.9 * dy) * Math.cos(1.3 * dz)
    return gain * (1 + slope * dx) * texture * (around + inside * (grey - around))
  })
}

const outline = (mm: number) =>
  Float32Array.from({ length: size ** 3 }, (_, at) =>
    share(
      Math.hypot(
        (at % size) - 15.5,
        (Math.floor(at / size) % size) - 15.5,
        Math.floor(at / size ** 2) - 15.5,
      ),
      mm,
    ),
  )

const pair = (then: number, now: number, gain = 1, slope = 0): PairBoxes => ({
  grid,
  earlier: draw(then),
  later: draw(now, gain, slope),
  outlines: [outline(then), outline(now)],
})

/** The ball as it was, while fluid replaces this much of the white matter next to its lower half, mm. */
const withFluidBeside = (mm: number): PairBoxes => {
  const boxes = pair(radius, radius)
  const ring = outline(radius + mm)
  const later = boxes.later.map((value, at) => {
    const isBelow = Math.floor(at / size ** 2) > 16
    const beside = isBelow ? ring[at]! - boxes.outlines[1][at]! : 0
    return value + beside * (fluid - white)
  })
  return { ...boxes, later }
}

const left = (mm: number) => 100 * ((mm / radius) ** 3 - 1)
const change = (boxes: PairBoxes) => weighSigns(readChange(boxes)!.signs)

describe('the change of a hippocampus between two scans', () => {
  it('is nothing where nothing changed, whatever the gain and shading of either scan', () => {
    expect(Math.abs(change(pair(radius, radius, 1.4, 0.004)))).toBeLessThan(0.2)
  })

  it.each([[7.95], [7.75]])(
    'is seen in size and sign where a ball of 8 mm shrinks to %d mm',
    (mm) => {
      // Sharp borders tell the flow all; the weights are those of heads, where it sees half.
      const { moved } = readChange(pair(radius, mm))!.signs
      expect(moved / left(mm)).toBeGreaterThan(0.7)
      expect(moved / left(mm)).toBeLessThan(1.4)
      expect(change(pair(radius, mm))).toBeLessThan(0)
    },
  )

  it('turns round where the scans are exchanged', () => {
    const forth = readChange(pair(radius, 7.8))!.signs
    const back = readChange(pair(7.8, radius))!.signs
    expect(back.moved).toBeCloseTo(-forth.moved, 3)
    expect(back.fluidWithin).toBeCloseTo(-forth.fluidWithin, 3)
    expect(back.greyAround).toBeCloseTo(-forth.greyAround, 3)
    expect(back.outlined).toBeCloseTo(-forth.outlined, 3)
  })

  it('counts fluid that gathers beside an unchanged hippocampus against a loss', () => {
    const { signs } = readChange(withFluidBeside(0.5))!
    expect(signs.fluidAround).toBeLessThan(-1)
    expect(weighSigns({ ...signs, fluidAround: 0 })).toBeLessThan(weighSigns(signs))
  })

  it('is told apart from a change of the surroundings that no loss explains', () => {
    expect(isMoreThanLoss(readChange(pair(radius, 7.75))!.signs)).toBe(false)
    expect(isMoreThanLoss(readChange(withFluidBeside(2))!.signs)).toBe(true)
  })

  it('is not told where a scan has no outline', () => {
    const boxes = pair(radius, radius)
    expect(
      readChange({ ...boxes, outlines: [boxes.outlines[0], new Float32Array(size ** 3)] }),
    ).toBeUndefined()
  })
})
