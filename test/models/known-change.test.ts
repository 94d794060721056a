import { describe, expect, it } from 'vitest'
import { shrinkAnchored } from '../../src/models/known-change/anchored-loss.ts'
import { fitChangeSlope } from '../../src/models/known-change/change-slope.ts'
import { shrinkByFlow } from '../../src/models/known-change/flow-loss.ts'
import { findFluid } from '../../src/models/known-change/fluid.ts'
import { growHorn } from '../../src/models/known-change/grow-horn.ts'
import { cutPatch, placePatch } from '../../src/models/known-change/patch.ts'
import { seededRandom } from '../../src/models/known-change/seeded-random.ts'
import { describeSurroundings } from '../../src/models/known-change/surroundings.ts'
import { findAxisOrder, reorderGrid, reorderValues } from '../../src/volume/axis-order.ts'
import type { Vector3, Volume } from '../../src/volume/grid.ts'
import { voxelToPatient } from '../../src/volume/patient-affine.ts'
import { toVector3 } from '../../src/volume/vector3.ts'
import { makeGrid } from '../volume/phantom.ts'
import { levels, type MadeHippocampus, makeHippocampus } from './make-hippocampus.ts'

const grid = makeGrid([36, 48, 44], [1, 1, 1], [0, 0, 0], [-18, -24, -18])
const inWhite = makeHippocampus({ grid, noise: 2 })
const inFluid = makeHippocampus({ grid, around: levels.fluid })
const withoutNoise = makeHippocampus({ grid })
const simulators = [
  ['anchored', shrinkAnchored],
  ['flow', shrinkByFlow],
] as const
const shares = [0.95, 0.8, 0.4]

type Simulate = (typeof simulators)[number][1]
function shrink(
  simulate: Simulate,
  { volume, labels }: MadeHippocampus,
  left: number,
  side: 'left' | 'right' = 'left',
  place: 'even' | 'anterior' | 'posterior' = 'even',
) {
  const patch = cutPatch(volume, { labels }, [1], side)
  const change = simulate(patch, findFluid(patch), { left, place }, seededRandom(1))
  return { patch, change, changed: placePatch(volume, patch, change.intensities) }
}
const countOver = ({ intensities }: Volume, level: number) =>
  intensities.reduce((count, value) => count + (value > level ? 1 : 0), 0)
/** Volume of hippocampus in fluid, each voxel by its share. */
const unmix = ({ intensities }: Volume) =>
  intensities.reduce(
    (sum, value) => sum + (value - levels.fluid) / (levels.hippocampus - levels.fluid),
    0,
  )

/** Mean place (LPS mm) of a weight over the voxels of a volume's grid. */
function middleOf({ dimensions, affine }: Volume, weightOf: (at: number) => number): Vector3 {
  const [columns, rows, slices] = dimensions
  const sums = [0, 0, 0]
  let total = 0
  for (let at = 0; at < columns * rows * slices; at++) {
    const weight = weightOf(at)
    if (weight === 0) continue
    const voxel: Vector3 = [
      at % columns,
      Math.floor(at / columns) % rows,
      Math.floor(at / (columns * rows)),
    ]
    for (const [axis, mm] of voxelToPatient(affine, voxel).entries()) sums[axis]! += weight * mm
    total += weight
  }
  return toVector3(sums.map((sum) => sum / total))
}

describe.each(simulators)('a loss simulated as %s', (name, simulate) => {
  it('is the identity for no loss, value by value', () => {
    const { changed, change } = shrink(simulate, inWhite, 1)
    expect(changed.intensities).toEqual(inWhite.volume.intensities)
    expect(change.ratio).toBeCloseTo(1, 3)
  })

  it.each(shares)('leaves the label exactly %d of its volume', (left) => {
    const { change } = shrink(simulate, inWhite, left)
    expect(Math.abs(change.ratio - left)).toBeLessThan(0.002)
    const volumeOf = ({ occupancy }: typeof change) =>
      occupancy.reduce((sum, share) => sum + share, 0)
    const whole = shrink(simulate, inWhite, 1).change
    expect(Math.abs(volumeOf(change) / volumeOf(whole) - left)).toBeLessThan(0.002)
  })

  it.each(shares)('measures %d with partial volumes', (left) => {
    const { changed } = shrink(simulate, inFluid, left)
    const ratio = unmix(changed) / unmix(inFluid.volume)
    expect(Math.abs(ratio - left)).toBeLessThan(0.03)
  })

  // Over a curved border a blurred image shows less than half of what is there: the smaller, the more.
  it.each(shares)('measures %d with a threshold, as far as blur allows', (left) => {
    const middle = (levels.hippocampus + levels.fluid) / 2
    const { changed } = shrink(simulate, inFluid, left)
    const ratio = countOver(changed, middle) / countOver(inFluid.volume, middle)
    expect(Math.abs(ratio - left)).toBeLessThan(0.03)
  })

  it('does not change anything beyond its neighbourhood', () => {
    const { changed, patch, change } = shrink(simulate, inWhite, 0.4)
    const reach = name === 'anchored' ? 3 : 9
    const { distance } = describeSurroundings(patch)
    let far = 0
    for (let at = 0; at < distance.length; at++) {
      if (distance[at]! < reach) continue
      far++
      if (change.intensities[at] !== patch.intensities[at]) expect.fail(`voxel ${at} moved`)
    }
    expect(far).toBeGreaterThan(20_000)
    expect(changed.intensities.length).toBe(inWhite.volume.intensities.length)
  })

  it('has no edge that is harder than those of the image', () => {
    const steepest = (volume: Volume) => {
      const [columns] = volume.dimensions
      let most = 0
      for (let at = 1; at < volume.intensities.length; at++) {
        if (at % columns === 0) continue
        most = Math.max(most, Math.abs(volume.intensities[at]! - volume.intensities[at - 1]!))
      }
      return most
    }
    const { changed } = shrink(simulate, inFluid, 0.6)
    expect(steepest(changed)).toBeLessThanOrEqual(steepest(inFluid.volume) * 1.05)
  })

  it.each([
    ['left', 1],
    ['right', -1],
  ] as const)('of a %s hippocampus opens fluid on its lateral, upper side', (side, sign) => {
    const made = withoutNoise
    const { changed } = shrink(simulate, made, 0.6, side)
    const { intensities } = made.volume
    // Voxels that were tissue and are fluid now.
    const isNewFluid = (at: number) =>
      intensities[at]! > 60 && changed.intensities[at]! < 40 ? 1 : 0
    const [x, , z] = middleOf(made.volume, isNewFluid)
    const [x0, , z0] = middleOf(made.volume, (at) => made.labels[at]!)
    expect(sign * (x - x0)).toBeGreaterThan(1)
    expect(z - z0).toBeGreaterThan(1)
  })

  it('affects the given end', () => {
    const frontOf = (place: 'even' | 'anterior' | 'posterior') => {
      const { change, patch } = shrink(simulate, inWhite, 0.6, 'left', place)
      const [columns, rows] = patch.grid.dimensions
      const share = { front: 0, back: 0 }
      change.occupancy.forEach((value, at) => {
        const isFront = Math.floor(at / columns) % rows >= rows / 2
        share[isFront ? 'front' : 'back'] += value
      })
      expect(change.ratio).toBeCloseTo(0.6, 2)
      return share.front / (share.front + share.back)
    }
    const even = frontOf('even')
    expect(frontOf('anterior')).toBeLessThan(even - 0.03)
    expect(frontOf('posterior')).toBeGreaterThan(even + 0.03)
  })

  it("is independent of the order of the image's axes", () => {
    const order = findAxisOrder(grid.affine, ['I', 'L', 'P'])
    const { volume, labels } = inWhite
    const turned = {
      volume: {
        ...reorderGrid(grid, order),
        intensities: reorderValues(volume.intensities, grid.dimensions, order),
      },
      labels: reorderValues(labels, grid.dimensions, order),
    }
    const { changed } = shrink(simulate, inWhite, 0.6)
    const again = shrink(simulate, turned, 0.6)
    const expected = reorderValues(changed.intensities, grid.dimensions, order)
    const most = expected.reduce(
      (worst, value, at) => Math.max(worst, Math.abs(value - again.changed.intensities[at]!)),
      0,
    )
    expect(most).toBeLessThan(1e-3)
  })
})

describe('white matter beside a hippocampus that shrinks by the flow', () => {
  it('follows on the medial, lower side, so that the new border is visible', () => {
    const { change, patch } = shrink(shrinkByFlow, withoutNoise, 0.6)
    const [columns, rows] = patch.grid.dimensions
    /** Voxels from the middle at which values along a line pass a level. */
    const crossing = (values: Float32Array, step: readonly [number, number], level: number) => {
      const line = Array.from(
        { length: 12 },
        (_, n) => values[18 + step[0] * n + columns * (24 + rows * (18 + step[1] * n))]!,
      )
      const n = line.findIndex((value, i) => i > 0 && value > level !== line[i - 1]! > level)
      return n - 1 + (level - line[n - 1]!) / (line[n]! - line[n - 1]!)
    }
    const middle = (levels.hippocampus + levels.white) / 2
    for (const step of [
      [-1, 0],
      [0, -1],
    ] as const) {
      const seen = crossing(change.intensities, step, middle)
      expect(Math.abs(seen - crossing(change.occupancy, step, 0.5))).toBeLessThan(0.35)
    }
  })
})

describe('a sphere that shrinks by the flow', () => {
  it('stays a sphere, with the radius of its volume', () => {
    const sphere = makeHippocampus({ grid, radii: [9, 9, 9], around: levels.fluid })
    const { change, patch } = shrink(shrinkByFlow, sphere, 0.5)
    const radius = 9 * 0.5 ** (1 / 3)
    const [columns, rows] = patch.grid.dimensions
    const middle = [0, 0, 0]
    let count = 0
    const voxelOf = (at: number) => [
      at % columns,
      Math.floor(at / columns) % rows,
      Math.floor(at / (columns * rows)),
    ]
    for (const [at, label] of patch.label.entries()) {
      if (label === 0) continue
      count++
      for (const [axis, index] of voxelOf(at).entries()) middle[axis]! += index
    }
    for (const [at, share] of change.occupancy.entries()) {
      const away = Math.hypot(...voxelOf(at).map((index, axis) => index - middle[axis]! / count))
      if (away < radius - 1) expect(share).toBeGreaterThan(0.8)
      if (away > radius + 1) expect(share).toBeLessThan(0.2)
    }
  })
})

describe('a temporal horn that grows', () => {
  const grow = (mm: number, made = withoutNoise) => {
    const patch = cutPatch(made.volume, { labels: made.labels }, [1], 'left')
    const change = growHorn(patch, findFluid(patch), mm, seededRandom(1))
    return { made, change, changed: placePatch(made.volume, patch, change.intensities) }
  }

  it('by nothing changes nothing', () => {
    const { changed } = grow(0, inWhite)
    expect(changed.intensities).toEqual(inWhite.volume.intensities)
  })

  it.each([2, 4])(
    'by %d mm adds fluid of that width next to the hippocampus, and keeps the hippocampus',
    (mm) => {
      const { made, changed, change } = grow(mm)
      expect(change.ratio).toBe(1)
      const [columns, rows] = grid.dimensions
      const row = rows / 2
      // Straight out from the middle to the lateral side: +x is left.
      const line = (volume: Volume) =>
        Array.from({ length: columns }, (_, i) => {
          const slice = 18
          return volume.intensities[i + columns * (row + rows * slice)]!
        })
      const [before, after] = [line(made.volume), line(changed)]
      const fluid = after.filter((value, i) => value < 60 && before[i]! > 60).length
      expect(Math.abs(fluid - mm)).toBeLessThanOrEqual(1)
    },
  )

  it.each([2, 4])('by %d mm is no loss for a perfect measurement', (mm) => {
    const middle = (levels.hippocampus + levels.fluid) / 2
    const { changed } = grow(mm, inFluid)
    const ratio = countOver(changed, middle) / countOver(inFluid.volume, middle)
    expect(Math.abs(ratio - 1)).toBeLessThan(0.02)
  })

  it('does not change the medial, lower side', () => {
    const { made, changed } = grow(4)
    const isNewFluid = (at: number) =>
      made.volume.intensities[at]! > 60 && changed.intensities[at]! < 40 ? 1 : 0
    const [x, , z] = middleOf(made.volume, isNewFluid)
    expect(x).toBeGreaterThan(2)
    expect(z).toBeGreaterThan(2)
  })
})

describe('fluid', () => {
  it('is sampled from the darkest part of the image, with its noise and that of white matter', () => {
    const { level, whiteNoise } = findFluid(
      cutPatch(inWhite.volume, { labels: inWhite.labels }, [1], 'left'),
    )
    expect(level).toBeGreaterThan(18)
    expect(level).toBeLessThan(23)
    expect(whiteNoise).toBeGreaterThan(1.6)
    expect(whiteNoise).toBeLessThan(2.4)
  })

  it('does not include masked-out zeros', () => {
    const { volume, labels } = inWhite
    const masked = volume.intensities.map((value, at) => (at % 36 < 5 ? 0 : value))
    const patch = cutPatch({ ...volume, intensities: masked }, { labels }, [1], 'left')
    expect(findFluid(patch).level).toBeGreaterThan(18)
  })
})

describe('the slope of measured on true', () => {
  const cases = ['a', 'b', 'c'].flatMap((name, person) =>
    [1, 0.8, 0.6, 0.4].map((left) => ({ name, person, left })),
  )

  it('is 1 if all change is measured, even if all volumes have the same relative bias', () => {
    const seen = cases.map(({ name, person, left }) => {
      const trueMm3 = (3000 + 500 * person) * left
      return { case: name, trueMm3, measuredMm3: 0.9 * trueMm3 }
    })
    const { slope, withinSlope, r, points } = fitChangeSlope(seen)
    expect([slope, withinSlope, r]).toEqual([1, 1, 1].map((value) => expect.closeTo(value, 9)))
    expect(points).toBe(12)
  })

  it('is one half if a loss of 75 % is measured as 50 %', () => {
    const seen = cases.map(({ name, left }) => ({
      case: name,
      trueMm3: 3000 * left,
      measuredMm3: 3000 * left ** 0.5,
    }))
    expect(fitChangeSlope(seen).slope).toBeCloseTo(0.5, 9)
  })

  it('within a hippocampus is independent of differences between people', () => {
    const seen = cases.map(({ name, person, left }) => ({
      case: name,
      trueMm3: 3000 * left,
      measuredMm3: 3000 * left * [1, 0.7, 1.4][person]!,
    }))
    expect(fitChangeSlope(seen).withinSlope).toBeCloseTo(1, 9)
    expect(fitChangeSlope(seen).r).toBeLessThan(0.95)
  })
})
