import { describe, expect, it } from 'vitest'
import { seriesFactsOfTags } from '../../src/archive/series-facts-of-tags.ts'

const series = { seriesInstanceUid: '1.2', orthancSeriesId: 'id', instances: [] }
const read = (tags: Record<string, unknown>) => seriesFactsOfTags(tags, series)

describe('series facts from the attributes of one instance', () => {
  it('are undefined where the attribute is absent, empty or malformed', () => {
    const facts = read({
      SeriesDescription: '  ',
      SeriesNumber: '',
      SliceThickness: 'thin',
      PixelSpacing: '1\\',
      EchoTime: null,
      Rows: [],
    })
    for (const value of [
      facts.seriesDescription,
      facts.seriesNumber,
      facts.sliceThickness,
      facts.pixelSpacing,
      facts.echoTime,
      facts.rows,
      facts.modality,
      facts.laterality,
    ]) {
      expect(value).toBeUndefined()
    }
    expect(facts.imageType).toEqual([])
  })

  it('keep zero as a number and every value of a list, without padding', () => {
    const facts = read({
      FlipAngle: '0',
      ImageType: 'DERIVED \\PRIMARY\\ \\M',
      PixelSpacing: '.5\\2 ',
    })
    expect(facts.flipAngle).toBe(0)
    expect(facts.imageType).toEqual(['DERIVED', 'PRIMARY', '', 'M'])
    expect(facts.pixelSpacing).toEqual([0.5, 2])
  })

  it('prefer the data set, then the shared groups, then the first frame', () => {
    const measures = (thickness: string) => ({
      PixelMeasuresSequence: [{ SliceThickness: thickness }],
    })
    const groups = {
      SharedFunctionalGroupsSequence: [measures('2')],
      PerFrameFunctionalGroupsSequence: [measures('3'), measures('4')],
    }
    expect(read({ SliceThickness: '1', ...groups }).sliceThickness).toBe(1)
    expect(read(groups).sliceThickness).toBe(2)
    expect(read({ ...groups, SharedFunctionalGroupsSequence: [{}] }).sliceThickness).toBe(3)
  })

  it.each([
    [{ Laterality: 'L' }, 'L'],
    [{ ImageLaterality: 'R', Laterality: '' }, 'R'],
    [{ ImageLaterality: 'B' }, undefined],
    [{ Laterality: 'left' }, undefined],
    [
      { PerFrameFunctionalGroupsSequence: [{ FrameAnatomySequence: [{ FrameLaterality: 'R' }] }] },
      'R',
    ],
  ])('take the side from %j', (tags, side) => {
    expect(read(tags).laterality).toBe(side)
  })

  it('know our own results by their manufacturer', () => {
    expect(read({ Manufacturer: 'HippoVolume ' }).isOwnResult).toBe(true)
    expect(read({ Manufacturer: 'HippoVolume Imaging' }).isOwnResult).toBe(false)
    expect(read({}).isOwnResult).toBe(false)
  })
})
