import { describe, expect, it } from 'vitest'
import { measureAsymmetry } from '../../src/measurement/asymmetry.ts'
import { builtinNorms } from '../../src/measurement/norms/builtin-norms.ts'
import { compareWithNorms } from '../../src/measurement/norms/compare-with-norms.ts'
import type { QualityFinding } from '../../src/measurement/quality-finding.ts'
import { answerNormality } from '../../src/report/answer-normality.ts'
import { answerSymmetry } from '../../src/report/draw-symmetry.ts'
import {
  formatPercentile,
  formatPercentileInterval,
  formatRange,
  formatScore,
  formatVolume,
} from '../../src/report/format-figures.ts'
import { judgeQuality } from '../../src/report/judge-quality.ts'
import { texts } from '../../src/report/texts.ts'
import { calibratedNorms } from '../support/calibrated-norms.ts'
import { makeReportInput } from './make-report-input.ts'

const volumes = [
  { side: 'left' as const, anteriorMm3: 1600, posteriorMm3: 1500, totalMm3: 3100 },
  { side: 'right' as const, anteriorMm3: 1700, posteriorMm3: 1500, totalMm3: 3200 },
]
const rejected: QualityFinding = { check: 'X', verdict: 'rejected', sentence: 'No head was found.' }
const warning: QualityFinding = { check: 'Y', verdict: 'warning', sentence: 'It is noisy.' }
const passed: QualityFinding = { check: 'Z', verdict: 'measured', sentence: 'It is sharp.' }

function normsOf(left: number, right: number) {
  return compareWithNorms(calibratedNorms, {
    volumes: [
      { ...volumes[0]!, totalMm3: left },
      { ...volumes[1]!, totalMm3: right },
    ],
    ageYears: 60,
    sex: 'F',
    intracranialVolume: { mm3: 1_450_000, standardErrorMm3: 40_000 },
    fieldStrength: 3,
    model: { name: 'calibrated-unet', version: '1.4.0' },
  })
}

describe('the answer to whether it is normal', () => {
  it('names the sides separately if they differ, otherwise together', () => {
    const same = answerNormality(makeReportInput({ volumes, norms: normsOf(3200, 3300) }))
    expect(same).toMatch(/^Both sides are within/)
    const apart = answerNormality(makeReportInput({ volumes, norms: normsOf(1500, 3300) }))
    expect(apart).toMatch(/^Right: within.*\. Left: smaller than in 95 of 100/)
  })

  it('states that the calibration included nobody of this age', () => {
    const compared = normsOf(3200, 3300)
    if (!compared.compared) throw new Error(compared.sentence)
    const person = { ...compared.person, ageYears: 80 }
    const norms = { ...compared, person }
    expect(answerNormality(makeReportInput({ volumes, norms }))).toMatch(
      /The calibration included nobody over 75 years/,
    )
  })

  it('gives the reason for a missing percentile, and nothing for a rejected measurement', () => {
    const norms = { compared: false, sentence: 'The study does not state the age.' } as const
    expect(answerNormality(makeReportInput({ norms }))).toBe(
      'No percentile. The study does not state the age.',
    )
    const input = makeReportInput({ norms: normsOf(3200, 3300), quality: [rejected] })
    expect(answerNormality(input)).toBe(texts.normal.withheld)
  })
})

describe('the answer to whether it is symmetric', () => {
  const answer = (left: number, right: number) => {
    const both = [
      { ...volumes[0]!, totalMm3: left },
      { ...volumes[1]!, totalMm3: right },
    ]
    const asymmetry = measureAsymmetry(both, builtinNorms.asymmetry)
    return answerSymmetry(makeReportInput({ volumes: both, asymmetry }))
  }

  it('names the smaller side and compares the difference with 9 of 10 people', () => {
    expect(answer(3100, 3200)).toBe(
      'The left side is 3.2 % smaller, no more than in 9 of 10 people.',
    )
    expect(answer(3200, 2600)).toMatch(/^The right side is 20.7 % smaller, more than in 9 of 10/)
    expect(answer(3000, 3000)).toMatch(/^Both sides are the same size/)
  })

  it('says so when only one side was measured', () => {
    expect(answerSymmetry(makeReportInput())).toBe(texts.symmetric.oneSide)
  })
})

describe('the answer to whether it can be trusted', () => {
  it('puts a rejection before warnings, and every sentence once', () => {
    const quality = [passed, warning, rejected]
    const judged = judgeQuality({ quality, warnings: [warning.sentence, 'Lossy.'] })
    expect(judged.verdict).toBe('rejected')
    expect(judged.objections.map(({ sentence }) => sentence)).toEqual([
      rejected.sentence,
      warning.sentence,
      'Lossy.',
    ])
    expect(judged.passed).toBe(1)
  })

  it('is measured without objections', () => {
    expect(judgeQuality({ quality: [passed], warnings: [] })).toEqual({
      verdict: 'measured',
      objections: [],
      passed: 1,
    })
  })
})

describe('figures on the page', () => {
  it('have thousands separators, true minus signs and open ends', () => {
    expect(formatVolume(3294.6)).toBe('3\u2009295')
    expect(formatRange(980, 4120)).toBe('980\u20134\u2009120')
    expect(formatVolume(Number.NaN)).toBe('\u2013')
    expect([0.4, 1, 50.4, 99.2].map(formatPercentile)).toEqual(['<1', '1', '50', '>99'])
    expect(formatPercentileInterval({ value: 12, low: 0.2, high: 33.3 })).toBe('12 (<1\u201333)')
    expect(formatScore({ value: -1.24, low: -2, high: -0.04 })).toBe('\u22121.2 (\u22122.0, 0.0)')
  })
})
