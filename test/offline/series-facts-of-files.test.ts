import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { parsePart10 } from '../../src/dicom/part10.ts'
import { seriesFactsOfFiles } from '../../src/offline/series-facts-of-files.ts'
import { buildDicom, type Elements, mrElements, without } from '../dicom/build-dicom.ts'

const file = (changes: Elements = {}) => buildDicom(mrElements(changes))

it('groups files by series and gives the facts for the selection', () => {
  const files = [
    file({
      '0008,0008 CS': 'ORIGINAL\\PRIMARY\\M\\ND',
      '0008,0020 DA': '20260131',
      '0008,0070 LO': 'ACME',
      '0008,103e LO': ' HippoCrop ',
      '0010,1010 AS': '061Y',
      '0010,1030 DS': '70.5',
      '0018,0020 CS': 'GR\\IR',
      '0018,0080 DS': '2300',
      '0018,0081 DS': 'fast',
      '0018,0087 DS': '3',
      '0020,0011 IS': '4',
      '0020,0060 CS': 'L',
    }),
    file({ '0008,0018 UI': '1.2.3.5' }),
    file({ '0008,0018 UI': '1.2.3.6', '0020,000e UI': '1.2.3.2' }),
  ]
  const series = seriesFactsOfFiles(files.map(parsePart10))
  expect(series.map(({ seriesInstanceUid }) => seriesInstanceUid)).toEqual(['1.2.3.1', '1.2.3.2'])
  expect(series[0]).toMatchObject({
    orthancSeriesId: undefined,
    seriesNumber: 4,
    seriesDescription: 'HippoCrop',
    modality: 'MR',
    sopClassUid: '1.2.840.10008.5.1.4.1.1.4',
    imageType: ['ORIGINAL', 'PRIMARY', 'M', 'ND'],
    manufacturer: 'ACME',
    numberOfFrames: undefined,
    rows: 3,
    columns: 4,
    sliceThickness: 1.5,
    spacingBetweenSlices: 1.25,
    pixelSpacing: [0.75, 0.5],
    scanningSequence: ['GR', 'IR'],
    repetitionTime: 2300,
    echoTime: undefined,
    magneticFieldStrength: 3,
    laterality: 'L',
    patientAge: '061Y',
    patientWeight: 70.5,
    patientSize: undefined,
    studyDate: '20260131',
    accessionNumber: undefined,
    isOwnResult: false,
  })
  expect(series[0]?.instances).toEqual([
    {
      sopInstanceUid: '1.2.3.4',
      orthancInstanceId: undefined,
      revision: createHash('sha256').update(files[0]!).digest('hex'),
      instanceNumber: undefined,
      imagePositions: [[-10.5, 20, 3.25]],
    },
    {
      sopInstanceUid: '1.2.3.5',
      orthancInstanceId: undefined,
      revision: createHash('sha256').update(files[1]!).digest('hex'),
      instanceNumber: undefined,
      imagePositions: [[-10.5, 20, 3.25]],
    },
  ])
})

it('needs a SeriesInstanceUID', () => {
  const nameless = parsePart10(buildDicom(without(mrElements(), '0020,000e')))
  expect(() => seriesFactsOfFiles([nameless])).toThrow(
    expect.objectContaining({ code: 'ATTRIBUTE_MISSING' }),
  )
})
