import { describe, expect, it } from 'vitest'
import { selectSeries } from '../../src/selection/select-series.ts'
import type { SelectionRules } from '../../src/selection/series-choice.ts'
import type { SeriesFacts } from '../../src/selection/series-facts.ts'
import { deniedAgents, describedSeries, givenAgents, namedSeries } from './described-series.ts'
import { makeFacts, mprageFacts } from './make-facts.ts'

const rules: SelectionRules = {
  seriesDescription: 'HippoCrop',
  maximumSliceSpacing: 2,
  minimumInstances: 10,
}
type Changes = Partial<SeriesFacts> & { readonly images?: number }
const judge = (changes: Changes, own: Partial<SelectionRules> = {}) =>
  selectSeries([makeFacts({ images: 176, ...changes })], { ...rules, ...own }).verdicts[0]!
const reasonOf = (changes: Changes) => judge(changes).reason
const mprage = { seriesDescription: 't1_mprage', ...mprageFacts }
const spoiled = {
  seriesDescription: 'Series 4',
  scanningSequence: ['GR'],
  sequenceVariant: ['SS', 'SP', 'SK'],
  echoTime: 2,
}

describe('descriptions of many languages', () => {
  it.each(describedSeries)('say %s in %s: %s', (reason, _, seriesDescription) => {
    expect(reasonOf({ ...mprage, seriesDescription })).toBe(reason)
  })

  it.each(namedSeries)('say %s by themselves: %s', (reason, seriesDescription) => {
    expect(reasonOf({ seriesDescription })).toBe(reason)
    expect(reasonOf({ seriesDescription: undefined, protocolName: seriesDescription })).toBe(reason)
  })

  it('count in addition to a ProtocolName that says it is T1-weighted', () => {
    expect(reasonOf({ seriesDescription: 'Serie 4', protocolName: 'anat_T1w' })).toBe('CHOSEN')
    expect(reasonOf({ seriesDescription: '3D T2', protocolName: 'T1 and T2' })).toBe('NOT_T1')
  })
})

describe('a flip angle against the Ernst angle', () => {
  it.each<[string, number, number, number | undefined]>([
    ['CHOSEN', 5.5, 8, undefined],
    ['CHOSEN', 5.53, 10, 3],
    ['CHOSEN', 8, 9.5, 1.5],
    ['CHOSEN', 24, 30, 15_000],
    ['NOT_T1', 50, 12, undefined],
    ['NOT_T1', 23.7, 6, 3],
    ['NOT_T1', 5.5, 3, 3],
  ])('is %s at TR %d ms, %d degrees, %s T', (reason, repetitionTime, flipAngle, tesla) => {
    const times = { repetitionTime, flipAngle, magneticFieldStrength: tesla }
    expect(reasonOf({ ...spoiled, ...times })).toBe(reason)
  })

  it('outweighs a name that only says T1, not one that says it is prepared', () => {
    const weak = { ...spoiled, repetitionTime: 50, flipAngle: 12 }
    expect(judge({ ...weak, seriesDescription: 'T1 FLASH' })).toMatchObject({
      reason: 'NOT_T1',
      sentence: expect.stringMatching(/flip angle of 12 degrees is well below the Ernst angle/),
    })
    const short = { ...spoiled, repetitionTime: 10.2, flipAngle: 7 }
    expect(reasonOf({ ...short, seriesDescription: 'IR-FSPGR' })).toBe('CHOSEN')
    expect(reasonOf({ ...short, flipAngle: 8, acquisitionContrast: 'T1' })).toBe('CHOSEN')
  })
})

describe('contrast agents', () => {
  it.each(deniedAgents)('were not given: %s', (contrastBolusAgent) => {
    expect(reasonOf({ ...mprage, contrastBolusAgent })).toBe('CHOSEN')
  })

  it.each(givenAgents)('were given: %s', (contrastBolusAgent) => {
    expect(reasonOf({ ...mprage, contrastBolusAgent })).toBe('CONTRAST_AGENT')
  })

  it('are weighed together with their dose', () => {
    expect(reasonOf({ ...mprage, contrastBolusVolume: 8 })).toBe('CONTRAST_AGENT')
    expect(reasonOf({ ...mprage, contrastBolusVolume: 0 })).toBe('CHOSEN')
    const unknown = { ...mprage, contrastBolusAgent: 'UNKNOWN' }
    expect(reasonOf({ ...unknown, contrastBolusTotalDose: 7.5 })).toBe('CONTRAST_AGENT')
    const named = judge({ ...mprage, contrastBolusAgent: 'Gadovist', contrastBolusVolume: 0 })
    expect(named.reason).toBe('CHOSEN')
    expect(named.sentence).toMatch(/a dose of 0/)
  })

  it('are measured with a warning if a site allows it, after heads without', () => {
    const measure = { contrastEnhanced: 'measure' } as const
    const after = makeFacts({ images: 176, ...mprage, seriesNumber: 9, contrastBolusAgent: 'Gd' })
    const before = makeFacts({ images: 176, ...mprage, seriesNumber: 2 })
    expect(selectSeries([after], rules).chosen).toBeUndefined()
    expect(selectSeries([after], { ...rules, ...measure }).chosen).toBe(after)
    const both = selectSeries([after, before], { ...rules, ...measure })
    expect(both.candidates.map(({ facts }) => facts)).toEqual([before, after])
  })
})

describe('a computed series', () => {
  const derived = (imageType: readonly string[], changes: Changes = {}) =>
    makeFacts({ images: 176, ...mprage, seriesNumber: 8, imageType, ...changes })

  it.each([
    ['DERIVED', 'SECONDARY', 'REFORMATTED', 'AVERAGE'],
    ['DERIVED', 'SECONDARY', 'MPR', 'CSA MPR'],
    ['DERIVED', 'PRIMARY', 'M', 'ND', 'DIS3D'],
    ['DERIVED', 'SECONDARY'],
  ])('is measured with a warning if there is no original: %s %s %s %s', (...imageType) => {
    const alone = derived(imageType)
    const { chosen, candidates } = selectSeries([alone], rules)
    expect(chosen).toBe(alone)
    expect(candidates[0]!.warnings[0]?.sentence).toMatch(/computed from others/)
    const original = makeFacts({ images: 120, ...mprage, pixelSpacing: [1.4, 1.4] })
    const both = selectSeries([alone, original], rules)
    expect(both.chosen).toBe(original)
    expect(both.verdicts[0]?.sentence).toMatch(/Series number 1 is preferred.*computed/)
  })

  it.each([
    ['DERIVED', 'SECONDARY', 'MIP'],
    ['DERIVED', 'PRIMARY', 'SUBTRACTION'],
    ['DERIVED', 'PRIMARY', 'T1 MAP', 'ND'],
    ['DERIVED', 'SECONDARY', 'PROJECTION IMAGE'],
    ['DERIVED', 'PRIMARY', 'DIFFUSION', 'ADC'],
    ['DERIVED', 'SECONDARY', 'VRT'],
    ['DERIVED', 'SECONDARY', 'PROBABILITY'],
    ['DERIVED', 'PRIMARY', 'DIXON', 'FAT'],
    ['DERIVED', 'PRIMARY', 'SYNTHETIC T2'],
  ])('is refused where it is a projection, subtraction or map: %s %s %s', (...imageType) => {
    expect(selectSeries([derived(imageType)], rules).verdicts[0]?.reason).toBe('DERIVED')
  })

  it('is rejected with a second objection', () => {
    const doubted = derived(['DERIVED', 'SECONDARY', 'MPR'], { bodyPartExamined: 'SPINE' })
    expect(selectSeries([doubted], rules).verdicts[0]?.reason).toBe('DERIVED')
  })
})

describe('one attribute that contradicts all others', () => {
  it.each<[string, Changes]>([
    ['BodyPartExamined', { bodyPartExamined: 'KNEE' }],
    ['ScanOptions', { scanOptions: ['TOF'] }],
    ['ScanningSequence', { scanningSequence: ['SE'] }],
    ['SequenceVariant', { sequenceVariant: ['MTC'] }],
    ['MRAcquisitionType', { mrAcquisitionType: '2D' }],
    ['EchoTime', { echoTime: 98 }],
    ['AcquisitionContrast', { acquisitionContrast: 'T2' }],
    ['FlipAngle', { flipAngle: 0 }],
    ['Modality', { modality: 'OT' }],
    ['SeriesDescription', { seriesDescription: 'T2 tse' }],
  ])('does not refuse a head by itself: %s', (_, changes) => {
    expect(reasonOf({ ...mprage, ...changes })).toBe('CHOSEN')
  })

  it('is set right by a study that names the head beside another part of the body', () => {
    const spine = { ...mprage, bodyPartExamined: 'CSPINE' }
    expect(reasonOf({ ...spine, studyDescription: 'MR CSPINE' })).toBe('NOT_HEAD')
    expect(reasonOf({ ...spine, studyDescription: 'MRT Kopf und CSPINE' })).toBe('CHOSEN')
  })

  it('is set right by positions, of NumberOfTemporalPositions', () => {
    const instances = Array.from({ length: 176 }, (_, index) => ({
      sopInstanceUid: `1.${index}`,
      orthancInstanceId: undefined,
      revision: '1',
      imagePositions: [[index, 0, 0] as const],
    }))
    const placed = { ...mprage, instances, imageOrientationPatient: [0, 1, 0, 0, 0, -1] }
    expect(reasonOf({ ...placed, numberOfTemporalPositions: 3 })).toBe('CHOSEN')
    expect(reasonOf({ ...mprage, numberOfTemporalPositions: 3 })).toBe('REPEATED_POSITIONS')
  })
})

describe('the parts of an MP2RAGE', () => {
  const mp2rage = { ...mprage, repetitionTime: 5000, inversionTime: 700, flipAngle: 4 }
  const part = (name: string, changes: Changes = {}) =>
    makeFacts({ images: 176, ...mp2rage, seriesDescription: `t1_mp2rage_sag_${name}`, ...changes })

  it.each(['INV1', 'INV2', 'inv-1', 'inversion_2', '1st_INV', 'TI1', 'T1_Images', 'T1map'])(
    'are not measured but for the uniform images: %s',
    (name) => {
      const uniform = part('UNI_Images', { seriesNumber: 9 })
      const { chosen, verdicts } = selectSeries([part(name), uniform], rules)
      expect(chosen).toBe(uniform)
      expect(verdicts[0]?.reason).toBe('NOT_T1')
    },
  )
})

describe('a study whose images have a SeriesInstanceUID each', () => {
  it('gets one sentence about it', () => {
    const series = Array.from({ length: 91 }, (_, index) => ({
      ...makeFacts({ ...mprage, images: 1 }),
      seriesInstanceUid: `1.2.${index}`,
    }))
    expect(selectSeries(series, rules).refusal?.message).toMatch(
      /91 of its images each have their own SeriesInstanceUID/,
    )
  })
})
