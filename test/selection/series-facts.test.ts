import { describe, expect, it } from 'vitest'
import { readFromTags, type SimplifiedTags } from '../../src/archive/tags-source.ts'
import { readFromDataset } from '../../src/dicom/dataset-source.ts'
import { requireKeyword } from '../../src/dicom/dictionary.ts'
import { parsePart10 } from '../../src/dicom/part10.ts'
import { readImagePositions, readSeriesFacts } from '../../src/selection/series-facts.ts'
import { buildDicom, type Elements } from '../dicom/build-dicom.ts'

const binary = new Set(['US', 'FD'])

/** The same attributes as elements of a file. */
function toElements(tags: SimplifiedTags): Elements {
  const elements = Object.entries(tags).map(([keyword, value]): [string, unknown] => {
    const { tag, vr } = requireKeyword(keyword)
    const name = `${tag.slice(0, 4)},${tag.slice(4)} ${vr}`
    if (Array.isArray(value)) return [name, value.map(toElements)]
    const text = String(value ?? '')
    return [name, binary.has(vr) ? text.split('\\').filter(Boolean).map(Number) : text]
  })
  return Object.fromEntries(elements.toSorted(([a], [b]) => (a < b ? -1 : 1))) as Elements
}

const identity = { SOPClassUID: '1.2.840.10008.5.1.4.1.1.4', SOPInstanceUID: '1.2.3' }
const sources = {
  'what an archive lists': readFromTags,
  'a parsed file': (tags: SimplifiedTags) =>
    readFromDataset(parsePart10(buildDicom(toElements({ ...identity, ...tags }))).dataset),
}
const series = { seriesInstanceUid: '1.2', orthancSeriesId: 'id', instances: [] }

describe.each(Object.entries(sources))('series facts from %s', (_name, source) => {
  const read = (tags: SimplifiedTags) => readSeriesFacts(source(tags), series)

  it('are undefined if the attribute is absent, empty or malformed', () => {
    const facts = read({
      SeriesDescription: '  ',
      SeriesNumber: '',
      SliceThickness: 'thin',
      PixelSpacing: '1\\',
      EchoTime: null,
      Rows: null,
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

  it('find timing, contrast and names of an enhanced image where it has them', () => {
    const facts = read({
      PulseSequenceName: '*tfl3d1',
      ContrastBolusAgentSequence: [{ CodeMeaning: 'Gadobutrol' }],
      SharedFunctionalGroupsSequence: [
        {
          MRTimingAndRelatedParametersSequence: [{ RepetitionTime: '2000', FlipAngle: '9' }],
          MRModifierSequence: [{ InversionRecovery: 'YES', InversionTimes: '900' }],
        },
      ],
      PerFrameFunctionalGroupsSequence: [
        {
          MREchoSequence: [{ EffectiveEchoTime: '3.5' }],
          MRImageFrameTypeSequence: [{ ComplexImageComponent: 'PHASE' }],
        },
      ],
    })
    expect(facts).toMatchObject({
      sequenceName: '*tfl3d1',
      contrastBolusAgent: 'Gadobutrol',
      repetitionTime: 2000,
      flipAngle: 9,
      inversionRecovery: 'YES',
      inversionTime: 900,
      echoTime: 3.5,
      complexImageComponent: 'PHASE',
    })
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

  it('recognise our own results by their manufacturer', () => {
    expect(read({ Manufacturer: 'HippoVolume ' }).isOwnResult).toBe(true)
    expect(read({ Manufacturer: 'HippoVolume Imaging' }).isOwnResult).toBe(false)
    expect(read({}).isOwnResult).toBe(false)
  })

  it('give frame positions only if every one is stated', () => {
    const frame = (position: string) => ({
      PlanePositionSequence: [{ ImagePositionPatient: position }],
    })
    const positions = (...frames: readonly object[]) =>
      readImagePositions(source({ PerFrameFunctionalGroupsSequence: frames }))
    expect(readImagePositions(source({ ImagePositionPatient: '1\\2\\3' }))).toEqual([[1, 2, 3]])
    expect(positions(frame('1\\2\\3'), frame('1\\2\\4'))).toEqual([
      [1, 2, 3],
      [1, 2, 4],
    ])
    expect(positions(frame('1\\2\\3'), {})).toBeUndefined()
    expect(positions(frame('1\\2\\3'), frame('1\\2'))).toBeUndefined()
  })
})
