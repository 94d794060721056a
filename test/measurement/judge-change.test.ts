import { describe, expect, it } from 'vitest'
import { judgeChange, withoutChange } from '../../src/measurement/judge-change.ts'

const reference = {
  weights: { moved: 1, fluidWithin: 0.5, greyWithin: 0, fluidAround: 0, greyAround: 0 },
  deviationPercent: { side: 0.4, both: 0.3 },
  deviationShare: 0.1,
  source: 'made up',
}
const moment = { studyInstanceUid: '1.2.3', studyDate: '20240101', years: 2 }
const sign = (moved: number, fluidWithin: number) => ({
  moved,
  fluidWithin,
  greyWithin: 9,
  fluidAround: 9,
  greyAround: 9,
  outlined: -50,
})
const judge = (years = 2) =>
  judgeChange(
    { ...moment, years },
    [
      { side: 'left', signs: sign(-2, -4), volumeMm3: 1000 },
      { side: 'right', signs: sign(0, 0), volumeMm3: 3000 },
    ],
    reference,
  )

describe('a change measured image against image', () => {
  it('weights motion and darkening of tissue, and both sides by their volume', () => {
    const percents = judge().sides.map(({ side, percent }) => [side, percent])
    expect(percents).toEqual([
      ['left', -4],
      ['right', 0],
      ['both', -1],
    ])
  })

  it('has an interval from the error of repeated scans, wider for larger changes', () => {
    const [left, right, both] = judge().sides
    expect(right!.upper).toBeCloseTo(1.96 * 0.4, 2)
    expect(left!.upper - left!.percent).toBeCloseTo(1.96 * Math.hypot(0.4, 0.1 * 4), 2)
    expect(both!.percent - both!.lower).toBeCloseTo(1.96 * Math.hypot(0.3, 0.1), 2)
  })

  it('is given per year, unless the studies are less than half a year apart', () => {
    expect(judge().sides[0]).toMatchObject({ percentPerYear: -2 })
    expect(judge(0.4).sides[0]).not.toHaveProperty('percentPerYear')
  })

  it('names the sides that changed by more than its error', () => {
    expect(judge().sentence).toBe(
      'Over 2.0 years the volume of the hippocampus changed, image against image: left \u22124.0 %, right 0.0 % (within the error of repeated scans), both together \u22121.0 %.',
    )
  })

  it('has no number if it could not be measured, but the reason', () => {
    expect(withoutChange(moment, 'MOTION', 'The patient moved.')).toEqual({
      ...moment,
      sides: [],
      reason: 'MOTION',
      sentence: 'The patient moved.',
    })
  })
})
