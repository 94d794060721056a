import { describe, expect, it } from 'vitest'
import { decodeInstance } from '../../src/dicom/decode-instance.ts'
import { parsePart10 } from '../../src/dicom/part10.ts'
import { readSliceFacts } from '../../src/dicom/slice-facts.ts'
import { buildDicom, type Elements, mrElements, without } from './build-dicom.ts'

const parse = (elements: Elements) => parsePart10(buildDicom(elements))

/** Two frames whose groups say what a classic image says at its top level. */
function enhanced(perFrame: readonly Elements[], shared: Elements): Elements {
  const classic = without(
    mrElements({ '0028,0008 IS': String(perFrame.length) }),
    ...['0018,0050', '0018,0088', '0020,0032', '0020,0037', '0028,0030'],
  )
  return {
    ...without(classic, '7fe0'),
    '5200,9229 SQ': [shared],
    '5200,9230 SQ': perFrame,
    '7fe0,0010 OW': perFrame.flatMap((_, frame) => new Array(12).fill(frame + 1)),
  }
}

const shared: Elements = {
  '0020,9116 SQ': [{ '0020,0037 DS': '0\\1\\0\\0\\0\\-1' }],
  '0028,9110 SQ': [{ '0018,0050 DS': '2', '0018,0088 DS': '2.5', '0028,0030 DS': '1\\0.5' }],
  '0028,9145 SQ': [{ '0028,1052 DS': '0', '0028,1053 DS': '2', '0028,1054 LO': 'US' }],
}
const frame = (position: string, more: Elements = {}): Elements => ({
  '0020,9111 SQ': [{ '0020,9056 SH': 'A', '0020,9057 UL': [7], '0020,9128 UL': [3] }],
  '0020,9113 SQ': [{ '0020,0032 DS': position }],
  ...more,
})

describe('readSliceFacts', () => {
  it('reads a classic image from its own attributes', () => {
    expect(readSliceFacts(parse(mrElements()))).toEqual([
      {
        id: '1.2.3.4',
        rows: 3,
        columns: 4,
        pixelSpacing: [0.75, 0.5],
        imagePositionPatient: [-10.5, 20, 3.25],
        rowCosines: [1, 0, 0],
        columnCosines: [0, 1, 0],
        sliceThickness: 1.5,
        spacingBetweenSlices: 1.25,
        rescaleSlope: 1,
        rescaleIntercept: 0,
        stackId: undefined,
        inStackPositionNumber: undefined,
        temporalPositionIndex: undefined,
        component: undefined,
        acquisition: {},
      },
    ])
  })

  it('reads an Enhanced image from shared and per-frame functional groups', async () => {
    const own = { '0028,9145 SQ': [{ '0028,1052 DS': '100', '0028,1053 DS': '3' }] }
    const instance = parse(enhanced([frame('1\\2\\3'), frame('1\\2\\5.5', own)], shared))
    const [first, second] = readSliceFacts(instance)
    expect(first).toEqual({
      id: '1.2.3.4#1',
      rows: 3,
      columns: 4,
      pixelSpacing: [1, 0.5],
      imagePositionPatient: [1, 2, 3],
      rowCosines: [0, 1, 0],
      columnCosines: [0, 0, -1],
      sliceThickness: 2,
      spacingBetweenSlices: 2.5,
      rescaleSlope: 2,
      rescaleIntercept: 0,
      stackId: 'A',
      inStackPositionNumber: 7,
      temporalPositionIndex: 3,
      component: undefined,
      acquisition: { stack: 'A', 'time point': '3' },
    })
    expect(second).toMatchObject({
      id: '1.2.3.4#2',
      imagePositionPatient: [1, 2, 5.5],
      rescaleSlope: 3,
      rescaleIntercept: 100,
    })
    const decoded = await decodeInstance(instance)
    expect(decoded.map(({ intensities }) => intensities[11])).toEqual([2, 106])
  })

  it('refuses frames and functional groups that differ in number', () => {
    const three = { ...enhanced([frame('1\\2\\3'), frame('1\\2\\5')], shared), '0028,0008 IS': '3' }
    expect(() => readSliceFacts(parse(three))).toThrow(
      expect.objectContaining({
        code: 'PIXEL_DATA_INVALID',
        message: 'The image has 3 frames but positions for 2 of them.',
      }),
    )
    expect(() => readSliceFacts(parse(mrElements({ '0028,0008 IS': '2' })))).toThrow('0 of them')
  })

  it('names the missing attribute of an image without geometry', () => {
    for (const [tag, name] of [
      ['0020,0032', 'ImagePositionPatient'],
      ['0020,0037', 'ImageOrientationPatient'],
      ['0028,0030', 'PixelSpacing'],
    ] as const) {
      expect(() => readSliceFacts(parse(without(mrElements(), tag)))).toThrow(
        expect.objectContaining({
          code: 'ATTRIBUTE_MISSING',
          message: `The image has no ${name}.`,
        }),
      )
    }
  })
})
