import { describe, expect, it } from 'vitest'
import { selectSeries } from '../../src/selection/select-series.ts'
import type { SelectionRules } from '../../src/selection/series-choice.ts'
import type { SeriesFacts } from '../../src/selection/series-facts.ts'
import { makeFacts, mprageFacts } from './make-facts.ts'
import { realisticSeries } from './realistic-series.ts'

const rules: SelectionRules = {
  seriesDescription: 'HippoCrop',
  maximumSliceSpacing: 2,
  minimumInstances: 10,
}
const head = (changes: Partial<SeriesFacts> & { images?: number } = {}) =>
  makeFacts({
    images: 176,
    imageType: ['ORIGINAL', 'PRIMARY', 'M', 'ND', 'NORM'],
    ...mprageFacts,
    ...changes,
    seriesInstanceUid: `1.2.3.${changes.seriesNumber ?? 1}`,
  })
const numbers = (series: readonly SeriesFacts[]) => selectSeries(series, rules).chosen?.seriesNumber

/** Positions of a sagittal stack, `each` images at every place. */
function place(count: number, step: number, each = 1): SeriesFacts['instances'] {
  return Array.from({ length: count * each }, (_, index) => ({
    sopInstanceUid: `1.2.3.4.${index}`,
    orthancInstanceId: undefined,
    revision: '1',
    imagePositions: [[Math.floor(index / each) * step - 80, -120, 120]],
  }))
}
const sagittal = [0, 1, 0, 0, 0, -1]

describe('judging what scanners make', () => {
  it.each(realisticSeries)('says $expected of: $what', ({ facts, expected }) => {
    const { verdicts, kind } = selectSeries([facts], rules)
    expect(verdicts[0]?.reason, verdicts[0]?.sentence).toBe(expected)
    expect(kind).toBe(expected === 'CHOSEN' ? 'head' : undefined)
    expect(verdicts[0]?.sentence).toMatch(/^[A-Z].*\.$/)
    expect(verdicts[0]?.sentence).not.toMatch(/unknown|undefined|NaN|\{|\}/)
  })

  it('judges a study of all of them in the same way, whatever their order', () => {
    const series = realisticSeries.map(({ facts }, index) => ({
      ...facts,
      seriesNumber: index + 1,
      seriesInstanceUid: `1.2.${index}`,
    }))
    const forward = selectSeries(series, rules)
    const backward = selectSeries(series.toReversed(), rules)
    expect(backward.chosen).toBe(forward.chosen)
    expect(backward.verdicts.toReversed()).toEqual(forward.verdicts)
    const reasons = forward.verdicts.map(({ reason }) => reason)
    const wanted = realisticSeries.map(({ expected }) => expected)
    expect(reasons.map((reason) => (reason === 'NOT_BEST' ? 'CHOSEN' : reason))).toEqual(wanted)
    expect(reasons.filter((reason) => reason === 'CHOSEN')).toHaveLength(1)
  })
})

describe('choosing among whole heads', () => {
  it('states that a single one is the only one', () => {
    const { verdicts } = selectSeries([head()], rules)
    expect(verdicts[0]?.sentence).toBe(
      'It is the only T1-weighted whole head (176 images, voxels of 1 x 1 x 1 mm).',
    )
  })

  it.each<[string, Partial<SeriesFacts>]>([
    ['its voxels are closer to cubes', { sliceThickness: 2 }],
    ['its voxels are smaller', { sliceThickness: 1.4, pixelSpacing: [1.4, 1.4] }],
    ['the scanner evened out its brightness', { imageType: ['ORIGINAL', 'PRIMARY', 'M', 'ND'] }],
    [
      'it is prepared by an inversion pulse',
      {
        scanningSequence: ['GR'],
        sequenceVariant: ['SP'],
        inversionTime: undefined,
        repetitionTime: 20,
        flipAngle: 25,
      },
    ],
  ])('prefers one because %s, and gives the reason to both', (why, changes) => {
    const better = head({ seriesNumber: 3 })
    const worse = head({ seriesNumber: 8, ...changes })
    for (const series of [
      [better, worse],
      [worse, better],
    ]) {
      const choice = selectSeries(series, rules)
      expect(choice.chosen).toBe(better)
      const sentences = choice.verdicts.map(({ sentence }) => sentence)
      expect(sentences.filter((sentence) => sentence.includes(why))).toHaveLength(2)
      expect(sentences.join(' ')).toContain('Series number 3 is preferred')
    }
  })

  it('uses the later of equal ones, with the reason', () => {
    const [first, repeat] = [head({ seriesNumber: 4 }), head({ seriesNumber: 9 })]
    const { chosen, verdicts } = selectSeries([first, repeat], rules)
    expect(chosen).toBe(repeat)
    expect(verdicts.map(({ reason }) => reason)).toEqual(['NOT_BEST', 'CHOSEN'])
    expect(verdicts[0]?.sentence).toBe(
      'Series number 9 is equally good but later and therefore preferred.',
    )
    expect(verdicts[1]?.sentence).toContain('the latest is used')
  })

  it('breaks ties of number and time by UID, so that the order never decides', () => {
    const twins = ['1.2.1', '1.2.2'].map((uid) => ({ ...head(), seriesInstanceUid: uid }))
    expect(selectSeries(twins, rules).chosen?.seriesInstanceUid).toBe('1.2.2')
    expect(selectSeries(twins.toReversed(), rules).chosen?.seriesInstanceUid).toBe('1.2.2')
    const timed = [head({ seriesTime: '101500' }), head({ seriesTime: '093000' })]
    expect(selectSeries(timed, rules).chosen).toBe(timed[0])
  })

  it('ignores insignificant differences', () => {
    const exact = head({ seriesNumber: 4 })
    const repeat = head({ seriesNumber: 9, pixelSpacing: [1.001, 1.001] })
    expect(numbers([exact, repeat])).toBe(9)
  })

  it('ignores whole heads if a series has the agreed name, usable or not', () => {
    const crop = makeFacts({ seriesNumber: 13, seriesDescription: 'HippoCrop' })
    const choice = selectSeries([head(), crop], rules)
    expect([choice.chosen, choice.kind]).toEqual([crop, 'crop'])
    expect(choice.verdicts[0]).toMatchObject({
      reason: 'NAME_NOT_AGREED',
      sentence:
        'Its description is not the agreed "HippoCrop", which another series of the study has.',
    })
    const thick = makeFacts({ seriesDescription: 'HippoCrop', sliceThickness: 5 })
    const refused = selectSeries([head(), thick], rules)
    expect([refused.chosen, refused.kind, refused.refusal?.code]).toEqual([
      undefined,
      undefined,
      'NO_MEASURABLE_SERIES',
    ])
  })
})

describe('coverage from positions', () => {
  it('counts positions instead of images and measures from the first to the last', () => {
    const several = head({ instances: place(176, 1, 5), imageOrientationPatient: sagittal })
    expect(selectSeries([several], rules).verdicts[0]).toMatchObject({
      reason: 'REPEATED_POSITIONS',
      sentence: 'Its 880 images lie at 176 positions: it holds several acquisitions.',
    })
    const twice = head({ instances: place(176, 1, 2), imageOrientationPatient: sagittal })
    expect(selectSeries([twice], rules).verdicts[0]).toMatchObject({ reason: 'CHOSEN' })
    const once = head({ seriesNumber: 7, pixelSpacing: [1.5, 1.5] })
    expect(selectSeries([twice, once], rules).chosen).toBe(once)
    const slab = head({ instances: place(176, 0.6), imageOrientationPatient: sagittal })
    expect(selectSeries([slab], rules).verdicts[0]).toMatchObject({
      reason: 'COVERAGE',
      sentence: expect.stringContaining('105.6 mm across its slices'),
    })
  })

  it('prefers positions over SpacingBetweenSlices and SliceThickness', () => {
    const placed = { instances: place(176, 1), imageOrientationPatient: sagittal }
    for (const slip of [{ spacingBetweenSlices: 182 }, { sliceThickness: 182 }]) {
      expect(selectSeries([head({ ...placed, ...slip })], rules).chosen).toBeDefined()
      expect(selectSeries([head(slip)], rules).verdicts[0]?.reason).toBe('THICK_SLICES')
    }
    const overlapping = head({ ...placed, sliceThickness: 3 })
    expect(selectSeries([overlapping], rules).verdicts[0]?.reason).toBe('THICK_SLICES')
  })

  it('measures positions although the series contains an image without a position', () => {
    const picture = { sopInstanceUid: '1.9', orthancInstanceId: undefined, revision: '1' }
    const instances = [...place(176, 1), picture]
    const facts = head({ instances, imageOrientationPatient: sagittal, spacingBetweenSlices: 182 })
    expect(selectSeries([facts], rules).chosen).toBe(facts)
  })

  it('finds slices that are further apart than their thickness', () => {
    const sparse = head({ instances: place(60, 3), imageOrientationPatient: sagittal })
    expect(selectSeries([sparse], rules).verdicts[0]?.reason).toBe('THICK_SLICES')
  })
})

describe('a study with a whole head and a crop', () => {
  const crop = makeFacts({ seriesDescription: 'HippoCrop', seriesNumber: 9 })
  const choose = (series: readonly SeriesFacts[], preferred?: 'crop' | 'head') => {
    const { chosen, kind, verdicts } = selectSeries(series, { ...rules, preferred })
    return [chosen?.seriesNumber, kind, ...verdicts.map(({ reason }) => reason)]
  }

  it('is measured on the crop unless the site prefers heads', () => {
    expect(choose([head(), crop])).toEqual([9, 'crop', 'NAME_NOT_AGREED', 'CHOSEN'])
    expect(choose([head(), crop], 'crop')).toEqual([9, 'crop', 'NAME_NOT_AGREED', 'CHOSEN'])
    expect(choose([head(), crop], 'head')).toEqual([1, 'head', 'CHOSEN', 'HEAD_PREFERRED'])
    expect(choose([crop, head()], 'head')).toEqual([1, 'head', 'HEAD_PREFERRED', 'CHOSEN'])
  })

  it('is measured on the crop if heads are preferred but there is none', () => {
    expect(choose([crop], 'head')).toEqual([9, 'crop', 'CHOSEN'])
    const thick = head({ sliceThickness: 5, spacingBetweenSlices: 5 })
    expect(choose([thick, crop], 'head')).toEqual([9, 'crop', 'THICK_SLICES', 'CHOSEN'])
  })

  it('has a head to measure in spite of two crops, if heads are preferred', () => {
    const other = makeFacts({ seriesDescription: 'HippoCrop', seriesNumber: 10 })
    const series = [crop, { ...other, seriesInstanceUid: '1.2.9' }, head()]
    expect(choose(series)).toEqual([
      undefined,
      undefined,
      'AMBIGUOUS',
      'AMBIGUOUS',
      'NAME_NOT_AGREED',
    ])
    expect(choose(series, 'head')[0]).toBe(1)
  })
})
