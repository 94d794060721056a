import { describe, expect, it } from 'vitest'
import { readSigns } from '../../src/inference/certainty-signs.ts'
import { rateConfidence } from '../../src/inference/rate-confidence.ts'

const dimensions = [18, 16, 15] as const

/** A block of 4 x 4 x 3 voxels, its first layer unsure, in a pattern of intensities. */
function makeBlock() {
  const count = 18 * 16 * 15
  const labels = new Uint8Array(count)
  const background = new Float32Array(count)
  const intensities = new Float32Array(count)
  for (let voxel = 0; voxel < count; voxel++) {
    const [x, y, z] = [voxel % 18, Math.floor(voxel / 18) % 16, Math.floor(voxel / 288)]
    const isIn = x >= 7 && x < 11 && y >= 6 && y < 10 && z >= 6 && z < 9
    labels[voxel] = isIn ? 1 : 0
    background[voxel] = isIn ? (x === 7 ? 0.35 : 0.05) : 0.9
    intensities[voxel] = (7 * x + 3 * y * y + 5 * x * z) % 23
  }
  return { labels, background, intensities }
}

const rule = {
  kind: 'signs',
  intercept: 0.95,
  unsureShare: -0.2,
  intensitySpread: -0.1,
  warnBelow: 0.85,
} as const

describe('signs of doubt', () => {
  it('equal those of the training code for the same block', () => {
    const { labels, background, intensities } = makeBlock()
    const signs = readSigns(labels, background, intensities, dimensions)
    expect(signs.unsureShare).toBeCloseTo(0.25, 6)
    expect(signs.intensitySpread).toBeCloseTo(1.361428, 5)
  })

  it('do not depend on the scale of the intensities', () => {
    const { labels, background, intensities } = makeBlock()
    const scaled = intensities.map((value) => 40 * value)
    const one = readSigns(labels, background, intensities, dimensions)
    const other = readSigns(labels, background, scaled, dimensions)
    expect(other.intensitySpread).toBeCloseTo(one.intensitySpread, 4)
  })

  it('give a mask without interior the unevenness of its surroundings', () => {
    const labels = Uint8Array.of(1, 0)
    const signs = readSigns(labels, Float32Array.of(0, 1), Float32Array.of(5, 7), [2, 1, 1])
    expect(signs).toEqual({ unsureShare: 0, intensitySpread: 1 })
  })

  it('give the expected Dice, and a warning below the limit', () => {
    const { labels, background } = makeBlock()
    const rate = (unsureShare: number, intensitySpread: number) =>
      rateConfidence(labels, background, 0, rule, () => ({ unsureShare, intensitySpread }))
    expect(rate(0.25, 0.2).expectedDice).toBeCloseTo(0.88, 6)
    expect(rate(0.25, 0.2).isLow).toBe(false)
    expect(rate(0.5, 0.2)).toMatchObject({ isLow: true })
    expect(rate(9, 9).expectedDice).toBe(0)
  })
})
