import { describe, expect, it } from 'vitest'
import type { TimePoint } from '../../src/measurement/change-over-time.ts'
import { changeReference } from '../../src/measurement/change-reference.ts'
import { compareOverTime } from '../../src/measurement/compare-over-time.ts'
import type { Side } from '../../src/measurement/hippocampus-volumes.ts'

const volume = (side: Side, totalMm3: number) => ({
  side,
  anteriorMm3: totalMm3 / 2,
  posteriorMm3: totalMm3 / 2,
  totalMm3,
})

function point(yearsBefore: number, left: number, right: number, more: Partial<TimePoint> = {}) {
  return {
    studyInstanceUid: `1.2.${yearsBefore}`,
    studyDate: `${2026 - Math.ceil(yearsBefore)}0101`,
    yearsBefore,
    age: '070Y',
    volumes: [volume('left', left), volume('right', right)],
    model: { name: 'unet', version: '1' },
    softwareVersion: '0.1.0',
    scanner: 'A scanner',
    comparable: true,
    sentence: undefined,
    ...more,
  } as const satisfies TimePoint
}

describe('the comparison of studies over time', () => {
  const threeYears = [
    point(0, 2700, 3000),
    point(3, 3000, 3000),
    point(1, 2900, 3000),
    point(2, 2950, 3000),
  ]

  it('gives a rate for each side and for both together', () => {
    const { rates, timePoints } = compareOverTime([point(0, 2880, 2970), point(2, 3000, 3000)], [])
    expect(rates.map(({ side }) => side)).toEqual(['left', 'right', 'both'])
    const [left, right, both] = rates.map(({ percentPerYear }) => percentPerYear)
    expect(left).toBeCloseTo(-2, 12)
    expect(right).toBeCloseTo(-0.5, 12)
    expect(both).toBeCloseTo(-1.25, 12)
    expect(timePoints.map(({ yearsBefore }) => yearsBefore)).toEqual([2, 0])
  })

  it('marks changes within the error of repeated scans, with published averages', () => {
    const { sentence, details, published } = compareOverTime(threeYears, [])
    expect(sentence).toMatch(
      /^Over 3\.0 years \(4 studies\) the volume of the hippocampus changed: left −3\.\d % a year,/,
    )
    expect(sentence).toContain('right 0.0 % a year (within the error of repeated scans)')
    expect(details).toMatch(/repeated scans: left −\d\.\d % to −\d\.\d %, right −\d/)
    expect(details).toContain(
      'control groups of studies of dementia −1.41 % (Barnes 2009; 95 % interval of this mean −2.30 % to −0.52 %)',
    )
    expect(details).toContain('not ranges for individuals')
    expect(details).toContain('not a diagnosis')
    expect(published).toHaveLength(3)
  })

  it.each([
    [undefined, -0.85],
    ['054Y', -0.38],
    ['055Y', -0.98],
    ['069Y', -0.98],
    ['082Y', -1.12],
  ])('compares a person of age %s with the mean of that age: %f % a year', (age, rate) => {
    const points = threeYears.map((one) => ({ ...one, age }))
    const { published } = compareOverTime(points, [])
    expect(published[0]!.percentPerYear).toBe(rate)
    expect(published).toHaveLength(3)
  })

  it('gives no sign to zero', () => {
    for (const right of [2999.5, 3000.5]) {
      const { sentence } = compareOverTime([point(0, 2880, right), point(2, 3000, 3000)], [])
      expect(sentence).toContain('right 0.0 % a year')
    }
  })

  it('excludes incomparable studies from the rate, and shows them', () => {
    const other = point(1, 1000, 1000, { comparable: false, sentence: 'Another scanner.' })
    const { rates, timePoints } = compareOverTime(
      [point(0, 2880, 2970), other, point(2, 3000, 3000)],
      [],
    )
    expect(rates[0]!.percentPerYear).toBeCloseTo(-2, 12)
    expect(rates[0]!.timePoints).toBe(2)
    expect(timePoints).toHaveLength(3)
  })

  it('gives no rate for a side in only one study', () => {
    const left = point(2, 3000, 3000, { volumes: [volume('left', 3000)] })
    const { rates } = compareOverTime([point(0, 2880, 2970), left], [])
    expect(rates.map(({ side }) => side)).toEqual(['left'])
  })

  it('never rates a hippocampus of unknown side', () => {
    const volumes = [volume('unknown', 3000)]
    const points = [point(0, 1, 1, { volumes }), point(2, 1, 1, { volumes })]
    expect(compareOverTime(points, []).rates).toEqual([])
  })

  it('gives no rate over less than half a year, and says why', () => {
    const { rates, published, sentence } = compareOverTime(
      [point(0, 2900, 3000), point(0.49, 3000, 3000)],
      [],
    )
    expect(rates).toEqual([])
    expect(published).toEqual([])
    expect(sentence).toBe(
      'The oldest study to compare with is 5 months older: less than 6 months is too short to distinguish a change from measurement error.',
    )
    expect(compareOverTime([point(0, 2900, 3000), point(0.5, 3000, 3000)], []).rates).toHaveLength(
      3,
    )
  })

  it('distinguishes nothing found from nothing comparable', () => {
    const now = point(0, 2900, 3000)
    expect(compareOverTime([now], []).sentence).toBe(
      'No earlier study of this patient was found in the archive.',
    )
    const strange = point(1, 2900, 3000, { comparable: false, sentence: 'Another model.' })
    const unused = {
      studyInstanceUid: '1.3',
      studyDate: '20200101',
      reason: 'IDENTITY_CONTRADICTED',
      sentence: 'The sex of the patient differs.',
    }
    expect(compareOverTime([now, strange], [unused]).sentence).toMatch(
      /^The archive holds 2 earlier/,
    )
    expect(compareOverTime([now], [unused], ['Only the newest 1 of 3.']).sentence).toMatch(
      /cannot be compared with this one\. Only the newest 1 of 3\.$/,
    )
  })

  it('has the width of the measured error: one year does not distinguish a loss of 3 % from none', () => {
    const [left] = compareOverTime([point(0, 2910, 3000), point(1, 3000, 3000)], []).rates
    expect(left!.upper).toBeGreaterThan(0)
    expect(changeReference.repeatScanDifferencePercent).toBeGreaterThanOrEqual(0.7)
    expect(changeReference.repeatScanDifferencePercent).toBeLessThanOrEqual(1.4)
  })
})
