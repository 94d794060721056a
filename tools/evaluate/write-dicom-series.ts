import type { DicomAttributes } from '../../src/dicom/dicom-instance.ts'
import { makeUid } from '../../src/dicom/uids.ts'
import { writePart10 } from '../../src/dicom/write-part10.ts'
import type { Volume } from '../../src/volume/grid.ts'
import { affineColumn, spacingOf, voxelToPatient } from '../../src/volume/patient-affine.ts'
import { normalize } from '../../src/volume/vector3.ts'

const mrImageStorage = '1.2.840.10008.5.1.4.1.1.4'

interface StoredPixels {
  readonly attributes: DicomAttributes
  readonly encode: (slice: Float32Array) => Uint8Array
}

const bytesOf = ({ buffer }: { buffer: ArrayBufferLike }) => new Uint8Array(buffer as ArrayBuffer)

/**
 * Lossless storage of the intensities: integers in 16 bits like scanners, larger ones in 32,
 * fractions as floating point (PS3.3 C.7.6.24).
 */
function chooseStorage(intensities: Float32Array): StoredPixels {
  const whole = intensities.every(Number.isInteger)
  let [low, high] = [0, 0]
  for (const value of intensities) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  if (!whole) {
    return {
      attributes: { BitsAllocated: 32 },
      encode: (slice) => bytesOf(Float32Array.from(slice)),
    }
  }
  const signed = low < 0
  const fits16 = signed ? low >= -(2 ** 15) && high < 2 ** 15 : high < 2 ** 16
  const bits = fits16 ? 16 : 32
  const Integers = fits16 ? (signed ? Int16Array : Uint16Array) : signed ? Int32Array : Uint32Array
  return {
    attributes: {
      BitsAllocated: bits,
      BitsStored: bits,
      HighBit: bits - 1,
      PixelRepresentation: signed ? 1 : 0,
    },
    encode: (slice) => bytesOf(Integers.from(slice)),
  }
}

/** A volume as MR images, one file per slice, numbered in the volume's own order of slices. */
export function writeDicomSeries(volume: Volume, name: string): Uint8Array[] {
  const { dimensions, affine, intensities } = volume
  const [columns, rows, slices] = dimensions
  const spacing = spacingOf(affine)
  const { attributes, encode } = chooseStorage(intensities)
  const pixelKeyword = attributes.BitsStored === undefined ? 'FloatPixelData' : 'PixelData'
  return Array.from({ length: slices }, (_, slice) => {
    const plane = intensities.subarray(slice * rows * columns, (slice + 1) * rows * columns)
    return writePart10(
      {
        Modality: 'MR',
        ImageType: ['DERIVED', 'SECONDARY', 'OTHER'],
        PatientName: '',
        PatientID: name,
        StudyInstanceUID: makeUid('evaluate', 'study', name),
        SeriesInstanceUID: makeUid('evaluate', 'series', name),
        FrameOfReferenceUID: makeUid('evaluate', 'frame', name),
        SeriesDescription: 'HippoCrop',
        InstanceNumber: slice + 1,
        ImagePositionPatient: [...voxelToPatient(affine, [0, 0, slice])],
        ImageOrientationPatient: [
          ...normalize(affineColumn(affine, 0)),
          ...normalize(affineColumn(affine, 1)),
        ],
        PixelSpacing: [spacing[1], spacing[0]],
        SliceThickness: spacing[2],
        SamplesPerPixel: 1,
        PhotometricInterpretation: 'MONOCHROME2',
        Rows: rows,
        Columns: columns,
        ...attributes,
        [pixelKeyword]: encode(plane),
      },
      {
        sopClassUid: mrImageStorage,
        sopInstanceUid: makeUid('evaluate', 'instance', name, slice),
      },
    )
  })
}
