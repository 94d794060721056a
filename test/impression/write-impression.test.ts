import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  impressionLanguages,
  impressionTemplates,
  parseTemplates,
} from '../../src/impression/templates.ts'
import {
  type ImpressionInput,
  writeImpression,
  writeRefusal,
} from '../../src/impression/write-impression.ts'
import { measureAsymmetry } from '../../src/measurement/asymmetry.ts'
import type { ChangeOverTime } from '../../src/measurement/change-over-time.ts'
import { builtinNorms } from '../../src/measurement/norms/builtin-norms.ts'
import { compareWithNorms } from '../../src/measurement/norms/compare-with-norms.ts'
import { calibratedModel, calibratedNorms } from '../support/calibrated-norms.ts'

const volumes = [
  { side: 'left' as const, anteriorMm3: 1100, posteriorMm3: 900, totalMm3: 2000 },
  { side: 'right' as const, anteriorMm3: 1600, posteriorMm3: 1415, totalMm3: 3015 },
]
const norms = compareWithNorms(calibratedNorms, {
  volumes,
  ageYears: 64,
  sex: 'F',
  intracranialVolume: { mm3: 1_480_000, standardErrorMm3: 45_000 },
  fieldStrength: 3,
  model: calibratedModel,
})
const history = {
  rates: [
    { side: 'left', percentPerYear: -3.2, lower: -4, upper: -2.4, timePoints: 2, years: 2.04 },
    { side: 'right', percentPerYear: -1, lower: -2, upper: 0, timePoints: 2, years: 2.04 },
    { side: 'both', percentPerYear: -2.1, lower: -2.9, upper: -1.3, timePoints: 2, years: 2.04 },
  ],
} as unknown as ChangeOverTime
const head: ImpressionInput = {
  volumes,
  verdict: 'measured',
  hasWarnings: false,
  norms,
  asymmetry: measureAsymmetry(volumes, builtinNorms.asymmetry),
  history,
}

describe('the impression', () => {
  it('states the change of the page: image against image if possible', () => {
    const both = { side: 'both' as const, percent: -6.2, lower: -10.2, upper: -2.2 }
    const yearly = { percentPerYear: -3.1, lowerPerYear: -5.1, upperPerYear: -1.1 }
    const compared = (sides: readonly object[]) =>
      ({
        ...history,
        longitudinal: { studyInstanceUid: '1.2', studyDate: '', years: 2, sides, sentence: '' },
      }) as unknown as ChangeOverTime
    const tell = (sides: readonly object[]) =>
      writeImpression({ ...head, history: compared(sides) }, 'en').text
    expect(tell([{ ...both, ...yearly }])).toContain(
      'Change over 2.0 years: \u22123.1 % a year (95 % interval \u22125.1 to \u22121.1).',
    )
    expect(tell([both])).not.toContain('Change over')
    expect(tell([])).toContain('\u22122.1 % a year')
  })

  it('states the occupancy of the sides whose temporal horn has a volume', () => {
    const measured = (side: 'left' | 'right', occupancy: number) => ({
      ...{ side, state: 'measured' as const, volumeMm3: 300, standardErrorMm3: 60 },
      ...{ occupancy, occupancyStandardError: 0.02 },
    })
    const slit = { side: 'left' as const, state: 'slit' as const, sentence: 'A slit.' }
    const tell = (horns: ImpressionInput['horns'], language: 'en' | 'de') =>
      writeImpression({ ...head, horns }, language).text
    expect(tell([measured('left', 0.812), measured('right', 0.9)], 'en')).toContain(
      'Hippocampal occupancy, hippocampus / (hippocampus + temporal horn): right 0.90, left 0.81.',
    )
    expect(tell([slit, measured('right', 0.9)], 'de')).toContain(
      'Temporalhorn): rechts 0,90. Ver\u00e4nderung',
    )
    expect(tell([slit], 'en')).not.toContain('occupancy')
  })

  it('states volumes, percentiles with intervals, asymmetry, change and limits in English', () => {
    const { text, language } = writeImpression(head, 'en')
    expect(language.code).toBe('en-US')
    expect(text).toMatch(
      /right 3\.02 ml \(percentile \d+, 95 % interval \d+ to (\d+|>99)\), left 2\.00 ml/,
    )
    expect(text).toMatch(/The hippocampal volume on the left is (probably )?below percentile 5/)
    expect(text).toContain(
      'The left hippocampus is 40.5 % smaller than the right one, more than in 9 of 10 people.',
    )
    expect(text).toContain(
      'Change over 2.0 years: \u22122.1 % a year (95 % interval \u22122.9 to \u22121.3).',
    )
    expect(text).toMatch(/Research software, not a diagnosis; .*checked the outlines\.$/)
  })

  it('states the same in German, with decimal commas', () => {
    const { text, language } = writeImpression(head, 'de')
    expect(language.code).toBe('de-DE')
    expect(text).toMatch(/^Automatische Hippocampus-Volumetrie: rechts 3,02 ml \(Perzentile /)
    expect(text).toContain(
      'Der linke Hippocampus ist 40,5 % kleiner als der rechte, mehr als bei 9 von 10 Menschen.',
    )
    expect(text).toContain('\u22122,1 % pro Jahr')
    expect(text).not.toMatch(/\d\.\d/)
  })

  it('describes both sides in one sentence if their standing is the same', () => {
    const alike = norms.compared
      ? { ...norms, sides: norms.sides.map((one) => ({ ...one, standing: 'within' as const })) }
      : norms
    const { text } = writeImpression({ ...head, norms: alike }, 'de')
    expect(text).toContain('Das Hippocampusvolumen beidseits liegt im Bereich Gesunder.')
    expect(text).not.toContain('Hippocampusvolumen links')
  })

  it('states what is missing', () => {
    const crop = [{ ...volumes[0]!, side: 'unknown' as const }]
    const { text } = writeImpression({ volumes: crop, verdict: 'warning', hasWarnings: true }, 'en')
    expect(text).toMatch(/side not stated 2\.00 ml\. Percentiles cannot be given/)
    expect(text).toContain('Measured with warnings')
    expect(text).not.toMatch(/smaller|Change/)
  })

  it.each(impressionLanguages)('fills every placeholder and names no disease in %s', (language) => {
    const rejected = writeImpression({ ...head, verdict: 'rejected' }, language).text
    const refused = writeRefusal(language).text
    for (const text of [writeImpression(head, language).text, rejected, refused]) {
      expect(text).not.toMatch(/[{}]|undefined|NaN/)
      expect(text).not.toMatch(/Alzheimer|dement|atroph|sclerosis|sklerose/i)
    }
    // Nothing measured, nothing told.
    expect(rejected + refused).not.toMatch(/\d/)
  })

  it('rejects a file with a missing placeholder or word', () => {
    const path = new URL('../../src/impression/de.json', import.meta.url)
    const json = readFileSync(path, 'utf8')
    expect(parseTemplates(json, 'de')).toEqual(impressionTemplates.de)
    const fault = expect.objectContaining({ code: 'CONFIG_INVALID' })
    expect(() => parseTemplates(json.replace('{volume} ml', '3 ml'), 'de')).toThrow(fault)
    expect(() => parseTemplates(json.replace('"warning"', '"warnings"'), 'de')).toThrow(fault)
  })
})
