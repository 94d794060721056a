import { describe, expect, it } from 'vitest'
import { scanDeviationPercent } from '../../src/measurement/change-reference.ts'
import { fitRate } from '../../src/measurement/rate-of-change.ts'

const at = (...pairs: readonly (readonly [number, number])[]) =>
  pairs.map(([years, volumeMm3]) => ({ years, volumeMm3 }))

describe('the rate of change', () => {
  it('of two points is their difference per year, in percent of the first', () => {
    const rate = fitRate(at([2020, 4000], [2022, 3800]), 1)
    expect(rate?.percentPerYear).toBeCloseTo(-2.5, 12)
    expect(rate).toMatchObject({ timePoints: 2, years: 2 })
  })

  it('has the error of two scans in its interval', () => {
    const rate = fitRate(at([0, 1000], [1, 1000]), 1)!
    // 1.96 times the square root of two, of 1 % each.
    expect(rate.percentPerYear).toBe(0)
    expect(rate.upper).toBeCloseTo(2.7718, 4)
    expect(rate.lower).toBeCloseTo(-2.7718, 4)
  })

  it('of points on a line is its slope, in whatever order they come', () => {
    const rate = fitRate(at([3, 3640], [0, 4000], [2, 3760], [1, 3880]), 1.24)!
    expect(rate.percentPerYear).toBeCloseTo(-3, 12)
    expect(rate).toMatchObject({ timePoints: 4, years: 3 })
    // Spread of the times 5 years squared, mean volume 3820 of a first 4000.
    const half = (1.959964 * 1.24 * 0.955) / Math.sqrt(5)
    expect(rate.upper - rate.percentPerYear).toBeCloseTo(half, 9)
    expect(rate.percentPerYear - rate.lower).toBeCloseTo(half, 9)
  })

  it('is the least squares line of points that are not on one', () => {
    // Slope by hand: sum of (t - 1)(v - 990) over 2 = (-1 * 10 + 0 * 20 + 1 * -30) / 2 = -20.
    const rate = fitRate(at([0, 1000], [1, 1010], [2, 960]), 5)!
    expect(rate.percentPerYear).toBeCloseTo((-20 / 1010) * 100, 9)
  })

  it('widens its interval if the points scatter more than repeated scans', () => {
    const calm = fitRate(at([0, 1000], [1, 990], [2, 980], [3, 970]), 0.5)!
    const wild = fitRate(at([0, 1000], [1, 900], [2, 1070], [3, 970]), 0.5)!
    const width = ({ lower, upper }: { lower: number; upper: number }) => upper - lower
    expect(width(wild)).toBeGreaterThan(10 * width(calm))
    const steady = fitRate(at([0, 1000], [1, 991], [2, 980], [3, 970]), 0.5)!
    expect(width(steady)).toBeCloseTo(width(calm), 1)
  })

  it('is undefined for one point, points of one time, or no volume', () => {
    expect(fitRate(at([0, 1000]), 1)).toBeUndefined()
    expect(fitRate([], 1)).toBeUndefined()
    expect(fitRate(at([1, 1000], [1, 900]), 1)).toBeUndefined()
    expect(fitRate(at([0, 0], [1, 900]), 1)).toBeUndefined()
    expect(fitRate(at([0, Number.NaN], [1, 900]), 1)).toBeUndefined()
  })

  it('treats the mean difference of two scans as that of two normal errors', () => {
    let seed = 7
    const random = () => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
      return (seed + 0.5) / 2 ** 32
    }
    const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random())
    const count = 40_000
    let sum = 0
    for (let i = 0; i < count; i++) sum += Math.abs(normal() - normal())
    expect(scanDeviationPercent(sum / count)).toBeCloseTo(1, 1)
  })
})
