import { describe, expect, it } from 'vitest'
import { selectSeries } from '../../src/selection/select-series.ts'
import type { SelectionRules } from '../../src/selection/series-choice.ts'
import type { SeriesFacts } from '../../src/selection/series-facts.ts'
import type { VerdictReason } from '../../src/selection/verdict-reason.ts'
import { makeFacts } from './make-facts.ts'

const rules: SelectionRules = {
  seriesDescription: 'HippoCrop',
  maximumSliceSpacing: 2,
  minimumInstances: 10,
}
const crop = (changes: Parameters<typeof makeFacts>[0] = {}) =>
  makeFacts({
    seriesNumber: 13,
    seriesDescription: 'HippoCrop',
    imageType: ['DERIVED', 'SECONDARY', 'AXIAL'],
    ...changes,
  })
const judge = (facts: SeriesFacts) => selectSeries([facts], rules).verdicts[0]!

describe('selectSeries', () => {
  it('chooses the crop of a tumour study and gives every other series a reason', () => {
    const thick = { sliceThickness: 5, spacingBetweenSlices: 6.5 }
    const choice = selectSeries(
      [
        makeFacts({ seriesNumber: 12, seriesDescription: 'T1post', ...thick }),
        crop(),
        makeFacts({ seriesNumber: 36459, seriesDescription: 'FLAIR_reg', ...thick }),
      ],
      rules,
    )
    expect(choice.refusal).toBeUndefined()
    expect(choice.chosen?.seriesNumber).toBe(13)
    expect(choice.verdicts.map((v) => [v.seriesNumber, v.chosen, v.reason])).toEqual([
      [12, false, 'THICK_SLICES'],
      [13, true, 'CHOSEN'],
      [36459, false, 'THICK_SLICES'],
    ])
    expect(choice.verdicts[0]!.sentence).toBe(
      'Its slices are 5 mm thick and 6.5 mm apart; a hippocampus needs 2 mm or less.',
    )
  })

  it.each(['HIPPOCROP', ' hippocrop ', 'HippoCrop  '])(
    'accepts "%s" as the agreed name',
    (name) => {
      expect(judge(crop({ seriesDescription: name })).chosen).toBe(true)
    },
  )

  it('does not accept a name that only contains the agreed one', () => {
    const choice = selectSeries([crop({ seriesDescription: 'HippoCrop left' })], rules)
    expect(choice.refusal?.code).toBe('NO_MEASURABLE_SERIES')
  })

  it.each<[VerdictReason, Partial<SeriesFacts> & { images?: number }]>([
    ['OWN_RESULT', { isOwnResult: true, modality: 'OT' }],
    ['NOT_IMAGE', { modality: 'SR', sopClassUid: '1.2.840.10008.5.1.4.1.1.88.34' }],
    ['NOT_IMAGE', { modality: 'SEG', sopClassUid: '1.2.840.10008.5.1.4.1.1.66.4' }],
    ['NOT_IMAGE', { modality: 'PR', sopClassUid: undefined }],
    ['NOT_IMAGE', { modality: 'MR', sopClassUid: '1.2.840.10008.5.1.4.1.1.4.2' }],
    ['NOT_MR', { modality: 'CT' }],
    ['NOT_MR', { modality: undefined }],
    ['LOCALIZER', { imageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] }],
    ['THICK_SLICES', { sliceThickness: 5 }],
    ['THICK_SLICES', { spacingBetweenSlices: 2.5 }],
    ['TOO_FEW_IMAGES', { images: 9 }],
  ])('refuses with %s a series that has the agreed name', (reason, changes) => {
    const choice = selectSeries([crop(changes)], rules)
    expect(choice.verdicts[0]!.reason).toBe(reason)
    expect(choice.chosen).toBeUndefined()
    expect(choice.refusal?.code).toBe('NO_MEASURABLE_SERIES')
    if (reason !== 'OWN_RESULT') {
      expect(choice.refusal?.message).toContain(choice.verdicts[0]!.sentence)
    }
  })

  it.each<[VerdictReason, Partial<SeriesFacts> & { images?: number }]>([
    ['LOCALIZER', { seriesDescription: '3-plane loc' }],
    ['LOCALIZER', { seriesDescription: 'AAHead_Scout' }],
    ['LOCALIZER', { seriesDescription: 'Survey', sliceThickness: 10, images: 3 }],
    ['DERIVED', { imageType: ['DERIVED', 'PRIMARY', 'MIP'] }],
    ['DERIVED', { sopClassUid: '1.2.840.10008.5.1.4.1.1.7' }],
    ['THICK_SLICES', { sliceThickness: 4 }],
    ['TOO_FEW_IMAGES', { images: 3 }],
    ['COVERAGE', {}],
    ['COVERAGE', { seriesDescription: 'T1 local shim' }],
    ['NOT_T1', { seriesDescription: undefined }],
  ])('says %s of a series without the agreed name', (reason, changes) => {
    expect(judge(makeFacts(changes)).reason).toBe(reason)
  })

  it('counts the frames of a multi-frame instance as images', () => {
    expect(judge(crop({ images: 1, numberOfFrames: 40 })).chosen).toBe(true)
  })

  it('rejects several suitable series as ambiguous and names them', () => {
    const choice = selectSeries([crop(), crop({ seriesNumber: 14 }), makeFacts()], rules)
    expect(choice.verdicts.map((v) => v.reason)).toEqual(['AMBIGUOUS', 'AMBIGUOUS', 'COVERAGE'])
    expect(choice.refusal).toEqual({
      code: 'AMBIGUOUS_SERIES',
      message:
        'The study has 2 series described as "HippoCrop" (number 13, number 14), and nothing indicates which one to measure. Keep one of them.',
    })
  })

  it('chooses the suitable one of two series with the agreed name', () => {
    const choice = selectSeries([crop({ sliceThickness: 5 }), crop({ seriesNumber: 14 })], rules)
    expect(choice.chosen?.seriesNumber).toBe(14)
  })

  it('names the missing description', () => {
    const choice = selectSeries([makeFacts(), makeFacts({ isOwnResult: true })], rules)
    expect(choice.refusal?.message).toBe(
      'The study has no series that can be measured: its only series is neither described as "HippoCrop" nor a whole head to measure.',
    )
  })

  it('rejects a study with only our own results', () => {
    const choice = selectSeries([makeFacts({ isOwnResult: true })], rules)
    expect(choice.refusal?.message).toContain('it contains no source images')
    expect(selectSeries([], rules).refusal?.code).toBe('NO_MEASURABLE_SERIES')
  })
})
