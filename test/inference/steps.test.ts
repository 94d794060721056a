import { describe, expect, it } from 'vitest'
import { clearSpecks, keepLargestBody } from '../../src/inference/keep-bodies.ts'
import { planModelGrid, toModelGrid, toSourceGrid } from '../../src/inference/model-grid.ts'
import { normalizeIntensities } from '../../src/inference/normalize-intensities.ts'
import { cutPatch, planPatches, visitOverlap } from '../../src/inference/patches.ts'
import { rateConfidence } from '../../src/inference/rate-confidence.ts'
import { orientationOf } from '../../src/volume/axis-order.ts'
import type { Vector3 } from '../../src/volume/grid.ts'
import { spacingOf, voxelToPatient } from '../../src/volume/patient-affine.ts'
import { makeGrid, paint } from '../volume/phantom.ts'

const rule = {
  kind: 'percentile-zscore',
  lowerPercentile: 0.5,
  upperPercentile: 99.5,
  foreground: 'nonzero',
} as const

describe('normalizeIntensities', () => {
  const values = Float32Array.from({ length: 50 }, (_, i) => (i < 5 ? 0 : (i * i * 37) % 101))

  it('equals numpy: percentiles, clipping, mean and population deviation of what is not 0', () => {
    const normalized = normalizeIntensities(values, rule)
    const expected = { 0: -1.5704035, 5: -1.1021775, 17: 1.2487476, 38: 1.6190182, 24: -1.5704035 }
    for (const [index, value] of Object.entries(expected)) {
      expect(normalized[Number(index)]).toBeCloseTo(value, 6)
    }
  })

  it('takes every voxel if the manifest says so', () => {
    const normalized = normalizeIntensities(values, { ...rule, foreground: 'all' })
    const expected = { 0: -1.3698224, 5: -0.8802209, 17: 1.3229859, 38: 1.667696, 24: -1.3392223 }
    for (const [index, value] of Object.entries(expected)) {
      expect(normalized[Number(index)]).toBeCloseTo(value, 6)
    }
  })

  it.each([0, 7])('rejects a volume of only %d', (value) => {
    expect(() => normalizeIntensities(new Float32Array(1000).fill(value), rule)).toThrow(
      expect.objectContaining({ code: 'INTENSITIES_CONSTANT' }),
    )
  })

  it('refuses a constant volume with a few odd voxels', () => {
    const almost = new Float32Array(1000).fill(7)
    almost[3] = 100
    expect(() => normalizeIntensities(almost, rule)).toThrow(
      expect.objectContaining({ code: 'INTENSITIES_CONSTANT' }),
    )
  })
})

describe('planModelGrid', () => {
  it('rearranges a 1 mm grid without changing a value', () => {
    const volume = paint(makeGrid([36, 48, 32]), ([x, y, z]) => x + 100 * y + 10_000 * z)
    const plan = planModelGrid(volume)
    expect(orientationOf(plan.model.affine)).toEqual(['S', 'A', 'R'])
    expect(plan.model).toBe(plan.oriented)
    const tensor = toModelGrid(volume, plan)
    // right index 2 is LPS x 33, anterior index 5 is LPS y 42, superior index 7 is z 7.
    expect(tensor[7 + 32 * (5 + 48 * 2)]).toBe(33 + 100 * 42 + 10_000 * 7)
    expect(toSourceGrid(tensor, plan)).toEqual(volume.intensities)
  })

  it('resamples only axes that are not 1 mm, around the same centre', () => {
    const volume = paint(makeGrid([60, 48, 23], [0.6, 1.0004, 1.5], [5, 10, -8]), () => 0)
    const { model } = planModelGrid(volume)
    expect(model.dimensions).toEqual([35, 48, 36])
    spacingOf(model.affine).forEach((mm, i) => {
      expect(mm).toBeCloseTo([1, 1.0004, 1][i]!, 9)
    })
    const centre = voxelToPatient(model.affine, [17, 23.5, 17.5])
    voxelToPatient(volume.affine, [29.5, 23.5, 11]).forEach((c, i) => {
      expect(c).toBeCloseTo(centre[i]!, 9)
    })
  })

  it('brings a smooth field to the model grid and back', () => {
    const smooth = ([x, y, z]: Vector3) => 100 + 3 * x - 2 * y + z
    const volume = paint(makeGrid([60, 70, 31], [0.6, 0.7, 1.3], [20, -12, 31]), smooth)
    const plan = planModelGrid(volume)
    const back = toSourceGrid(toModelGrid(volume, plan), plan)
    const inner = (i: number, n: number) => i > 2 && i < n - 3
    back.forEach((value, index) => {
      const [i, j, k] = [index % 60, Math.floor(index / 60) % 70, Math.floor(index / 4200)]
      if (!(inner(i, 60) && inner(j, 70) && inner(k, 31))) return
      expect(Math.abs(value - volume.intensities[index]!)).toBeLessThan(1e-3)
    })
  })

  it.each<[string, Vector3, Vector3, string]>([
    ['a whole head', [170, 256, 256], [1.2, 1, 1], 'as a whole head does'],
    ['a slab', [40, 200, 40], [1, 1, 1], 'at most 128 mm'],
    ['a sliver', [40, 50, 19], [1, 1, 1], 'at least 20 mm'],
  ])('refuses %s', (_, dimensions, spacing, words) => {
    expect(() => planModelGrid(makeGrid(dimensions, spacing))).toThrow(
      expect.objectContaining({
        code: 'CROP_UNSUITABLE',
        message: expect.stringContaining(words),
      }),
    )
  })

  it('refuses a sheared grid', () => {
    const { affine } = makeGrid([40, 40, 40])
    const sheared = affine.map((value, i) => (i === 1 ? 0.1 : value))
    expect(() => planModelGrid({ dimensions: [40, 40, 40], affine: sheared })).toThrow(
      expect.objectContaining({ code: 'GEOMETRY_INVALID' }),
    )
  })
})

describe('planPatches', () => {
  const input = { patch: [40, 56, 40] as Vector3, multiple: 8, dynamic: true }

  it('centres a small crop in the patch and grows a dynamic input beyond it', () => {
    expect(planPatches([35, 51, 41], input)).toEqual({
      patch: [40, 56, 48],
      starts: [[-2, -2, -3]],
    })
    expect(planPatches([40, 56, 40], input)).toEqual({ patch: [40, 56, 40], starts: [[0, 0, 0]] })
  })

  it('covers every voxel of a large crop with overlapping patches of a fixed input', () => {
    const size: Vector3 = [41, 96, 36]
    const { patch, starts } = planPatches(size, { ...input, dynamic: false })
    expect(patch).toEqual([40, 56, 40])
    const seen = new Uint8Array(41 * 96 * 36)
    for (const start of starts) {
      expect(start.every((s, i) => s <= Math.max(0, size[i]! - patch[i]!))).toBe(true)
      visitOverlap(size, patch, start, (_, at, length) => {
        for (let i = 0; i < length; i++) seen[at + i]!++
      })
    }
    expect(seen.every((count) => count > 0)).toBe(true)
  })

  it('pads with zero around the crop', () => {
    const values = Float32Array.from({ length: 8 }, (_, i) => i + 1)
    const cut = cutPatch(values, [2, 2, 2], [4, 4, 4], [-1, -1, -1])
    expect(cut[1 + 4 * (1 + 4)]).toBe(1)
    expect(cut[2 + 4 * (2 + 4 * 2)]).toBe(8)
    expect(cut.reduce((a, b) => a + b)).toBe(36)
  })
})

describe('keepLargestBody', () => {
  it('clears islands, joins labels of one body and needs faces to touch', () => {
    const labels = new Uint8Array(5 * 5 * 3)
    const at = (x: number, y: number, z: number) => x + 5 * (y + 5 * z)
    labels[at(0, 0, 0)] = 1
    labels[at(1, 0, 0)] = 2
    labels[at(1, 0, 1)] = 2
    labels[at(2, 1, 1)] = 1
    labels[at(4, 4, 2)] = 2
    labels[at(0, 4, 2)] = 1
    expect(keepLargestBody(labels, [5, 5, 3])).toBe(3)
    expect([...labels].flatMap((label, i) => (label ? [i] : []))).toEqual([
      at(0, 0, 0),
      at(1, 0, 0),
      at(1, 0, 1),
    ])
  })

  it('does not change an empty map', () => {
    expect(keepLargestBody(new Uint8Array(8), [2, 2, 2])).toBe(0)
  })
})

describe('clearSpecks', () => {
  const dimensions: Vector3 = [20, 4, 4]
  const rule = { leastShare: 0.25, leastVoxels: 6 }
  const row = (from: number, length: number, y: number) =>
    Array.from({ length }, (_, x) => from + x + 20 * y)
  const keep = (...bodies: number[][]) => {
    const mask = new Uint8Array(20 * 4 * 4)
    for (const voxel of bodies.flat()) mask[voxel] = 1
    const cleared = clearSpecks(mask, dimensions, rule)
    return { cleared, kept: [...mask].flatMap((label, voxel) => (label ? [voxel] : [])) }
  }

  it('keeps pieces that are large beside the largest, and clears specks', () => {
    const [large, piece, speck] = [row(0, 12, 0), row(0, 3, 2), row(10, 2, 2)]
    expect(keep(large, piece, speck)).toEqual({ cleared: 2, kept: [...large, ...piece] })
  })

  it('keeps a piece of some size however large the largest is', () => {
    const large = [0, 80, 160].flatMap((slice) => row(slice, 20, 0))
    const [piece, speck] = [row(0, 6, 2), row(10, 5, 2)]
    expect(keep(large, piece, speck).cleared).toBe(5)
  })

  it('takes voxels that touch at a corner for one piece', () => {
    const chain = [0, 2, 4].flatMap((x) => [x + 40, x + 1 + 60 + 80])
    expect(keep(row(0, 20, 0), chain)).toMatchObject({ cleared: 0 })
  })
})

describe('rateConfidence', () => {
  const labels = Uint8Array.of(0, 1, 2, 0)
  const background = Float32Array.of(1, 0.25, 0.25, 0.5)
  const rule = { kind: 'expected-dice', slope: 0.5, intercept: 0.25, warnBelow: 0.7 } as const

  it('computes the expected Dice from the probabilities', () => {
    const { expectedDice, isLow } = rateConfidence(labels, background, 3, undefined)
    expect(expectedDice).toBeCloseTo((2 * 1.5) / (2 + 2), 6)
    expect(isLow).toBe(false)
  })

  it("calibrates it by the manifest's line and marks the uncertain", () => {
    const rated = rateConfidence(labels, background, 3, rule)
    expect(rated.expectedDice).toBeCloseTo(0.625, 6)
    expect(rated).toMatchObject({ isLow: true, clearedVoxels: 3 })
    expect(rateConfidence(labels, Float32Array.of(1, 0, 0, 1), 0, rule).isLow).toBe(false)
  })

  it('gives none if the manifest says that it is not informative', () => {
    const rated = rateConfidence(labels, background, 0, { kind: 'none' })
    expect(rated).toMatchObject({ expectedDice: undefined, isLow: false, clearedVoxels: 0 })
  })

  it('has none in an empty label map', () => {
    const rated = rateConfidence(new Uint8Array(4), background, 0, rule)
    expect(rated).toMatchObject({ expectedDice: 0, isLow: true, clearedVoxels: 0 })
  })
})
