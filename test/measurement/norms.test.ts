import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { intracranialVolumeVersion } from '../../src/measurement/intracranial-volume-version.ts'
import { builtinNorms } from '../../src/measurement/norms/builtin-norms.ts'
import { sameMethod } from '../../src/measurement/norms/calibration.ts'
import {
  compareWithNorms,
  type NormsQuestion,
} from '../../src/measurement/norms/compare-with-norms.ts'
import { expectVolume } from '../../src/measurement/norms/expected-volume.ts'
import { findCalibration } from '../../src/measurement/norms/find-calibration.ts'
import { quantileOf, shareBelow } from '../../src/measurement/norms/normal-distribution.ts'
import type { NomogramNorms, Norms } from '../../src/measurement/norms/norms.ts'
import { parseNorms } from '../../src/measurement/norms/parse-norms.ts'
import { rateStanding } from '../../src/measurement/norms/rate-standing.ts'
import { traceNormBands } from '../../src/measurement/norms/trace-norm-bands.ts'
import { findEndOfNorms } from '../../src/measurement/norms/where-norms-end.ts'
import {
  calibratedModel,
  calibratedNorms,
  plainCalibration,
  plainNorms,
} from '../support/calibrated-norms.ts'

const model = calibratedModel
const plain: Norms = plainNorms

function ask(changes: Partial<NormsQuestion> = {}, left = 3500, right = 3600): NormsQuestion {
  const volumesOf = (side: 'left' | 'right', totalMm3: number) => ({
    side,
    anteriorMm3: totalMm3 / 2,
    posteriorMm3: totalMm3 / 2,
    totalMm3,
  })
  return {
    volumes: [volumesOf('left', left), volumesOf('right', right)],
    ageYears: 60,
    sex: 'F',
    intracranialVolume: { mm3: 1_430_000, standardErrorMm3: 0 },
    fieldStrength: 3,
    model,
    ...changes,
  }
}

function compare(norms: Norms, question: NormsQuestion) {
  const comparison = compareWithNorms(norms, question)
  if (!comparison.compared) throw new Error(comparison.sentence)
  const [left, right] = comparison.sides
  return { comparison, left: left!, right: right! }
}

describe('the shipped norms', () => {
  // Reckoned by hand from the published coefficients: women with 1.43, men with 1.61 litres.
  it.each([
    ['F', 30, 1_430_000, 3932.16, 4057.52],
    ['M', 30, 1_610_000, 4218.8, 4343.86],
    ['F', 40, 1_430_000, 3938.64, 4066.95],
    ['M', 50, 1_610_000, 4144.3, 4274.78],
    ['F', 60, 1_430_000, 3798.57, 3938.26],
    ['M', 70, 1_610_000, 3845.14, 3962.03],
    ['F', 80, 1_430_000, 3402.97, 3495.47],
    ['M', 90, 1_610_000, 3259.59, 3264.74],
    ['F', 90, 1_430_000, 3090.05, 3112.27],
  ] as const)(
    'expect of %s at %i years with %i mm3: left %f, right %f mm3',
    (sex, ageYears, mm3, l, r) => {
      const person = { ageYears, sex, intracranialVolumeMm3: mm3 }
      expect(expectVolume(builtinNorms, 'left', person)!.medianMm3).toBeCloseTo(l, 1)
      expect(expectVolume(builtinNorms, 'right', person)!.medianMm3).toBeCloseTo(r, 1)
    },
  )

  it('return the intercepts for a woman of 54.96 years with 1.523 litres', () => {
    const person = {
      ageYears: 54.960257498335615,
      sex: 'F',
      intracranialVolumeMm3: 1_523_160.5903620527,
    } as const
    expect(expectVolume(builtinNorms, 'left', person)!.medianMm3).toBeCloseTo(3980.5215, 3)
    expect(expectVolume(builtinNorms, 'right', person)!.medianMm3).toBeCloseTo(4115.1873, 3)
  })

  it('are calibrated for the shipped model and its head size estimate', () => {
    const manifest = new URL('../../models/hippocampus.json', import.meta.url)
    const shipped = JSON.parse(readFileSync(manifest, 'utf8'))
    const calibration = findCalibration(builtinNorms.calibrations, shipped)!
    expect(calibration.icvVersion).toBe(intracranialVolumeVersion)
    expect(calibration.whole.ratio).toBeGreaterThan(0.7)
    expect(calibration.whole.ratio).toBeLessThan(0.95)
    expect(calibration.whole.covariance[0]![0]).toBeGreaterThan(0)
    expect(calibration.people).toBeGreaterThan(40)
  })

  // By hand from the published coefficients: a woman of 90 years with 1.9 litres 3566 left, 3486 right.
  it.each([
    [90, 1_900_000, 'F', /1\.90 litres .* right hippocampus to be smaller/],
    [90, 1_900_000, 'M', /right hippocampus to be smaller/],
    [100, 1_200_000, 'F', /are not valid there/],
    [90, 1_350_000, 'F', undefined],
    [70, 1_900_000, 'M', undefined],
  ] as const)('are invalid at their edges: %i years, %i mm3, %s', (ageYears, mm3, sex, reason) => {
    const found = findEndOfNorms(builtinNorms, { ageYears, sex, intracranialVolumeMm3: mm3 })
    if (reason === undefined) expect(found).toBeUndefined()
    else expect(found).toMatch(reason)
  })

  it('increase with head size over all heads they are used for', () => {
    const { minimum, maximum } = (builtinNorms as Extract<Norms, { kind: 'regression' }>)
      .intracranialVolumeMm3
    for (const side of ['left', 'right'] as const) {
      for (let mm3 = minimum; mm3 <= maximum; mm3 += 50_000) {
        const person = { ageYears: 60, sex: 'M', intracranialVolumeMm3: mm3 } as const
        expect(expectVolume(builtinNorms, side, person)!.perIntracranialMm3).toBeGreaterThan(0)
      }
    }
  })
})

describe('a comparison with norms', () => {
  it('gives the z-score and percentile of the residual spread', () => {
    // 3798.57 expected, spread 338.435: 3500 lies 0.882 below.
    const { left } = compare(plain, ask())
    expect(left.expectedMm3).toBeCloseTo(3798.57, 1)
    expect(left.zScore.value).toBeCloseTo(-0.8822, 3)
    expect(left.percentile.value).toBeCloseTo(18.88, 1)
    expect(left.zScore.low).toBeCloseTo(left.zScore.value, 9)
    expect(left.normalLowMm3).toBeCloseTo(3798.57 - 1.96 * 338.435, 1)
  })

  const withFit = (changes: object, others: object = {}): Norms => ({
    ...plainNorms,
    calibrations: [{ ...plainCalibration, ...others, whole: { ...sameMethod, ...changes } }],
  })

  it('scales the norms to the model, so that a mean hippocampus stays at the 50th percentile', () => {
    const norms = withFit({ ratio: 0.8 })
    const { left, right } = compare(norms, ask({}, 0.8 * 3798.5677, 0.8 * 3938.2595))
    expect(left.percentile.value).toBeCloseTo(50, 1)
    expect(right.percentile.value).toBeCloseTo(50, 1)
    expect(left.expectedMm3).toBeCloseTo(0.8 * 3798.5677, 1)
    expect(left.standardDeviationMm3).toBeCloseTo(0.8 * 338.435, 2)
  })

  it('follows side, age and head size like the calibration', () => {
    // 60 years and 1.43 litres: ten years over and 0.07 litres under the pivots.
    const { left, right } = compare(
      withFit({ right: 0.02, agePerYear: -0.002, icvPerLitre: 0.5 }),
      ask(),
    )
    const shared = -0.002 * 10 + 0.5 * -0.07
    expect(left.expectedMm3).toBeCloseTo(3798.57 * Math.exp(shared - 0.01), 0)
    expect(right.expectedMm3).toBeCloseTo(3938.26 * Math.exp(shared + 0.01), 0)
  })

  it('measures z-scores by the spread of healthy people', () => {
    const { left } = compare(withFit({ spread: 0.8 }), ask())
    expect(left.zScore.value).toBeCloseTo(-0.8822 / 0.8, 3)
    expect(left.standardDeviationMm3).toBeCloseTo(0.8 * 338.435, 2)
  })

  it('includes the errors of calibration, head size, site and scan in the interval', () => {
    const covariance = sameMethod.covariance.map((row, at) =>
      at === 0 ? [0.0004, 0, 0, 0, 0] : row,
    )
    const norms = withFit({ covariance, siteScatter: 0.03 }, { scanDeviation: 0.01 })
    const intracranialVolume = { mm3: 1_430_000, standardErrorMm3: 60_000 }
    const { left } = compare(norms, ask({ intracranialVolume }))
    expect(left.errors.calibrationMm3).toBeCloseTo(0.02 * 3798.57, 0)
    expect(left.errors.siteMm3).toBeCloseTo(0.03 * 3798.57, 0)
    expect(left.errors.scanMm3).toBeCloseTo(0.01 * 3500, 0)
    // 60 cm3 times 0.00132 mm3 per mm3 is 79 mm3.
    expect(left.errors.headSizeMm3).toBeCloseTo(79, 0)
    const error = Math.hypot(76, 114, 35, 79) / 338.435
    expect(left.zScore.value - left.zScore.low).toBeCloseTo(1.96 * error, 1)
    expect(left.zScore.high - left.zScore.value).toBeCloseTo(1.96 * error, 1)
  })

  it('is less certain about people older than those of the calibration', () => {
    const ages = { minimum: 20, maximum: 50 }
    const { left } = compare(withFit({}, { ages, beyondAgesPerYear: 0.004 }), ask())
    expect(left.errors.calibrationMm3).toBeCloseTo(10 * 0.004 * 3798.57, 0)
  })

  it('compares the parts, too, if the calibration has them', () => {
    const { left } = compare(calibratedNorms, ask({}, 3040, 3100))
    expect(left.parts!.anterior.expectedMm3).toBeCloseTo(0.42 * 3798.57, 0)
    expect(left.parts!.anterior.volumeMm3).toBe(1520)
    expect(compare(plain, ask()).left.parts).toBeUndefined()
  })

  it('gives no comparison if heads are measured differently than for the calibration', () => {
    const found = compareWithNorms(withFit({}, { icvVersion: 'another' }), ask())
    expect(found).toMatchObject({
      compared: false,
      sentence: expect.stringMatching(/calibrate them again/),
    })
  })

  it('gives the reason without a comparison', () => {
    const sentenceOf = (norms: Norms, changes: Partial<NormsQuestion>) => {
      const comparison = compareWithNorms(norms, ask(changes))
      return comparison.compared ? undefined : comparison.sentence
    }
    expect(sentenceOf(plain, { ageYears: undefined })).toMatch(/does not state the age\./)
    expect(sentenceOf(plain, { sex: 'O' })).toMatch(/the sex/)
    expect(sentenceOf(plain, { ageYears: undefined, sex: undefined })).toMatch(/age and the sex/)
    expect(sentenceOf(plain, { ageYears: 17 })).toMatch(/18 to 100 years/)
    expect(sentenceOf(plain, { ageYears: 101 })).toMatch(/18 to 100 years/)
    expect(sentenceOf(plain, { intracranialVolume: undefined })).toMatch(/size of the head/)
    const tiny = { mm3: 600_000, standardErrorMm3: 1 }
    expect(sentenceOf(plain, { intracranialVolume: tiny })).toMatch(/0\.60 litres is outside/)
    expect(sentenceOf(plain, { model: { ...model, name: 'other' } })).toMatch(
      /has not been measured/,
    )
    const unknown = [{ side: 'unknown' as const, anteriorMm3: 1, posteriorMm3: 1, totalMm3: 2 }]
    expect(sentenceOf(plain, { volumes: unknown })).toMatch(/which side/)
  })

  it('gives bands whose median at the age of the person is the expected volume', () => {
    const { comparison, left } = compare(plain, ask())
    const bands = traceNormBands(plain, comparison).find(({ side }) => side === 'left')!
    const at = bands.points.find(({ age }) => age === 60)!
    expect(at.volumesMm3[3]).toBeCloseTo(left.expectedMm3, 6)
    expect(at.volumesMm3[0]).toBeCloseTo(left.normalLowMm3, 0)
    expect(bands.points.map(({ age }) => age).slice(0, 2)).toEqual([18, 19])
  })
})

describe('where a volume stands against the alarm', () => {
  it.each([
    [-3, -4, -2.1, 'below'],
    [-2.05, -2.9, -1.2, 'probably-below'],
    [-1.88, -2.7, -1.1, 'probably-below'],
    [-1.5, -2.3, -0.7, 'probably-within'],
    [0, -0.8, 0.8, 'within'],
    [1.7, 0.9, 2.5, 'within'],
    [3, 2.1, 4, 'above'],
  ] as const)('is of z = %f (%f to %f): %s', (value, low, high, standing) => {
    expect(rateStanding({ value, low, high }, 5)).toBe(standing)
  })

  it('moves with the percentile that a site sets', () => {
    expect(rateStanding({ value: -1.8, low: -1.9, high: -1.7 }, 5)).toBe('below')
    expect(rateStanding({ value: -1.8, low: -1.9, high: -1.7 }, 2)).toBe('within')
  })
})

describe('the calibration of a model', () => {
  const entry = { ...plainCalibration, from: '0.2.0', below: '1.0.0' }
  const find = (version: string) => findCalibration([entry], { ...model, version }) !== undefined

  it('applies to a range of versions, and to no other model', () => {
    expect(['0.1.9', '0.2.0', '0.10.3', '1.0.0', '1.2.0'].map(find)).toEqual([
      false,
      true,
      true,
      false,
      false,
    ])
    expect(findCalibration([entry], { name: 'other', version: '0.2.0' })).toBeUndefined()
  })
})

describe('a nomogram of a site', () => {
  const nomogram: NomogramNorms = {
    schemaVersion: 2,
    id: 'site',
    kind: 'nomogram',
    source: {
      name: 'Site',
      short: 'Site 2026',
      citation: 'Own measurements.',
      licence: 'own',
      population: 'Women',
      method: 'this model',
    },
    ages: { minimum: 50, maximum: 70 },
    calibrations: plain.calibrations,
    tables: [
      {
        sex: 'F',
        side: 'left',
        percentiles: [2.5, 50, 97.5],
        rows: [
          { age: 50, volumesMm3: [3000, 4000, 5000] },
          { age: 70, volumesMm3: [2000, 3000, 4000] },
        ],
      },
    ],
  }

  it('is interpolated between its ages and percentiles, without a head size', () => {
    const norms = parseNorms(nomogram)
    const { left } = compare(norms, ask({ intracranialVolume: undefined, ageYears: 60 }, 3500))
    expect(left.expectedMm3).toBeCloseTo(3500, 6)
    expect(left.percentile.value).toBeCloseTo(50, 6)
    const low = compare(norms, ask({ intracranialVolume: undefined, ageYears: 60 }, 2500)).left
    expect(low.percentile.value).toBeCloseTo(2.5, 6)
  })

  it('compares only the sides it has a table for', () => {
    const { comparison } = compare(nomogram, ask())
    expect(comparison.sides.map(({ side }) => side)).toEqual(['left'])
    expect(compareWithNorms(nomogram, ask({ sex: 'M' })).compared).toBe(false)
  })

  it.each([
    ['from an earlier version', { ...nomogram, schemaVersion: 1, methodOffsets: [] }],
    ['of no known kind', { ...nomogram, kind: 'guess' }],
    ['without a source', { ...nomogram, source: undefined }],
    ['with an empty range', { ...nomogram, ages: { minimum: 70, maximum: 50 } }],
    [
      'with falling percentiles',
      {
        ...nomogram,
        tables: [{ ...nomogram.tables[0]!, percentiles: [50, 2.5, 97.5] }],
      },
    ],
    [
      'with a row that lacks a volume',
      {
        ...nomogram,
        tables: [
          {
            ...nomogram.tables[0]!,
            rows: [
              { age: 50, volumesMm3: [1, 2] },
              { age: 60, volumesMm3: [1, 2, 3] },
            ],
          },
        ],
      },
    ],
  ])('is refused %s', (_, content) => {
    expect(() => parseNorms(JSON.parse(JSON.stringify(content)))).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    )
  })
})

describe('the normal distribution', () => {
  it.each([
    [0, 0.5],
    [1.96, 0.975002],
    [-1.644854, 0.05],
    [-3, 0.0013499],
    [5, 0.99999971],
  ])('has below %f a share of %f', (z, share) => {
    expect(shareBelow(z)).toBeCloseTo(share, 6)
    expect(quantileOf(shareBelow(z))).toBeCloseTo(z, 5)
  })
})
