import dcmjs from 'dcmjs'
import { describe, expect, it } from 'vitest'
import type { DicomAttributes } from '../../src/dicom/dicom-instance.ts'
import { encodeAttributes } from '../../src/dicom/encode-attributes.ts'
import { encodeDataset } from '../../src/dicom/encode-dataset.ts'

/** What dcmjs writes without our help: nested sequences, long values and all. */
function writeWithDcmjs(attributes: DicomAttributes): Buffer {
  const stream = new dcmjs.data.WriteBufferStream(4096, true)
  const elements = encodeAttributes(attributes, '', new Set())
  const options = { allowInvalidVRLength: true }
  dcmjs.data.DicomMessage.write(elements, stream, '1.2.840.10008.1.2.1', options)
  return Buffer.from(stream.getBuffer())
}

const code = { CodeValue: '113076', CodingSchemeDesignator: 'DCM', CodeMeaning: 'Größe' }
const frame = (position: number) => ({
  FrameContentSequence: [{ DimensionIndexValues: [1, position] }],
  PlanePositionSequence: [{ ImagePositionPatient: [-1.5, 2, position / 3] }],
  DerivationImageSequence: [
    {
      DerivationCodeSequence: [code],
      SourceImageSequence: [
        { ReferencedSOPInstanceUID: `2.25.${position}`, PurposeOfReferenceCodeSequence: [code] },
      ],
    },
  ],
})

describe('a data set', () => {
  it.each<[string, DicomAttributes]>([
    ['of elements', { PatientID: 'A', PatientName: 'Ω^x', Rows: 3, PixelSpacing: [0.5, 1 / 3] }],
    [
      'with sequences in sequences',
      { PatientID: 'A', PerFrameFunctionalGroupsSequence: [1, 2, 3].map(frame), StudyID: 'B' },
    ],
    [
      'with a sequence and an item that are empty',
      { RequestAttributesSequence: [], ReferencedStudySequence: [{}] },
    ],
    ['with pixels', { BitsAllocated: 8, PixelData: Uint8Array.of(1, 2, 3), Rows: 1 }],
    [
      'with bytes before other elements',
      { ICCProfile: Uint8Array.of(1, 2, 3, 4), SegmentSequence: [{ SegmentNumber: 1 }] },
    ],
    ['of nothing', {}],
  ])('%s has the bytes that dcmjs alone would have written', (_, attributes) => {
    const encoded = encodeAttributes(attributes, '', new Set())
    expect(Buffer.concat(encodeDataset(encoded)).toString('hex')).toBe(
      writeWithDcmjs(attributes).toString('hex'),
    )
  })
})
