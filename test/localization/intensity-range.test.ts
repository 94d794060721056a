import { describe, expect, it } from 'vitest'
import { findIntensityRange } from '../../src/localization/intensity-range.ts'

/** Half air of 0, then a ramp up to 1000. */
const image = (count = 10_000) =>
  Float32Array.from({ length: count }, (_, i) => Math.max(0, (2 * i - count) * (1000 / count)))

const within = (range: { low: number; high: number } | undefined) => {
  expect(range!.low).toBeGreaterThan(-1)
  expect(range!.low).toBeLessThan(20)
  expect(range!.high).toBeGreaterThan(980)
  expect(range!.high).toBeLessThan(1001)
}

describe('the range of intensities that count', () => {
  it('reaches from air to the brightest tissue', () => within(findIntensityRange(image())))

  it.each([
    [
      'single voxels of -2000 and 30000',
      (values: Float32Array) => values.fill(-2000, 0, 3).fill(30_000, 3, 6),
    ],
    ['a small block of -100', (values: Float32Array) => values.fill(-100, 0, 80)],
    ['padding of -2000 over a third', (values: Float32Array) => values.fill(-2000, 0, 3300)],
    [
      'what is no number',
      (values: Float32Array) => values.fill(Number.NaN, 0, 2000).fill(Infinity, 2000, 2500),
    ],
  ])('is the same beside %s', (_, spoil) => within(findIntensityRange(spoil(image()))))

  it('starts below 0 for standardised intensities', () => {
    const values = image().map((value) => (value - 250) / 300)
    expect(findIntensityRange(values)!.low).toBeCloseTo(-250 / 300, 5)
  })

  it('does not exist without finite values', () => {
    expect(findIntensityRange(new Float32Array(10).fill(Number.NaN))).toBeUndefined()
  })
})
