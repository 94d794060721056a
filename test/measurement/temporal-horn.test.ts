import { describe, expect, it } from 'vitest'
import { rateHorn } from '../../src/measurement/temporal-horn.ts'

const rule = { standardError: { constantMm3: 40, perVolume: 0.1 }, slitBelowMm3: 80 }
const found = {
  side: 'left',
  volumeMm3: 600,
  borderShare: 0,
  hippocampusMm3: 3000,
  hippocampusErrorMm3: 150,
} as const

describe('the temporal horn', () => {
  it('has a volume and an occupancy with standard errors', () => {
    const horn = rateHorn(found, rule)
    if (horn.state !== 'measured') throw new Error(horn.sentence)
    expect(horn).toMatchObject({ side: 'left', volumeMm3: 600, standardErrorMm3: 100 })
    expect(horn.occupancy).toBeCloseTo(3000 / 3600, 10)
    // The change of the occupancy with each volume, tried out.
    const occupancy = (h: number, v: number) => h / (h + v)
    const byHippocampus = occupancy(3001, 600) - occupancy(3000, 600)
    const byHorn = occupancy(3000, 601) - occupancy(3000, 600)
    const expected = Math.hypot(150 * byHippocampus, 100 * byHorn)
    expect(horn.occupancyStandardError / expected).toBeCloseTo(1, 2)
  })

  it('is a slit without a number below the minimum volume', () => {
    const horn = rateHorn({ ...found, volumeMm3: 79 }, rule)
    expect(horn).toEqual({
      side: 'left',
      state: 'slit',
      sentence: 'The left temporal horn is too narrow to measure: less than 80 mm\u00b3 of fluid.',
    })
    expect(rateHorn({ ...found, volumeMm3: 80 }, rule).state).toBe('measured')
  })

  it('has no number at the edge of the searched box', () => {
    const horn = rateHorn({ ...found, borderShare: 0.03, side: 'unknown' }, rule)
    expect(horn).toMatchObject({
      state: 'cut',
      sentence: expect.stringMatching(/^A temporal horn/),
    })
    expect(rateHorn({ ...found, borderShare: 0.01 }, rule).state).toBe('measured')
  })
})
