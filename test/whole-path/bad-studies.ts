import type { ErrorCode } from '../../src/errors.ts'
import { type PhantomOptions, phantomUid, writePhantomSeries } from '../support/phantom-dicom.ts'

/** A study that cannot be measured, and what has to be said about it. */
export interface BadStudy {
  readonly name: string
  readonly files: () => Uint8Array[]
  readonly code: ErrorCode
  /** The job's sentence. */
  readonly sentence: RegExp
  /** A verdict's sentence, where the choice is what refuses. */
  readonly verdict?: RegExp
}

const colour = new Uint8Array(40 * 36 * 3).buffer
const constant = new Uint16Array(40 * 36).fill(500).buffer

let count = 0
function phantom(options: PhantomOptions = {}): Uint8Array[] {
  count += 1
  return writePhantomSeries({ seed: `bad study ${count}`, ...options })
}

/** Everything a site may send that must be refused with a sentence its people understand. */
export const badStudies: readonly BadStudy[] = [
  {
    name: 'no series with the agreed name',
    files: () => phantom({ seriesDescription: 'T1 3D' }),
    code: 'NO_MEASURABLE_SERIES',
    sentence:
      /^The study has no series that can be measured: its only series is neither described as/,
  },
  {
    name: 'only CT',
    files: () =>
      phantom({
        modality: 'CT',
        slices: 12,
        attributes: {
          SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
          RepetitionTime: undefined,
          EchoTime: undefined,
        },
      }),
    code: 'NO_MEASURABLE_SERIES',
    sentence: /is not usable: Its modality is CT; only MR is measured\.$/,
    verdict: /Its modality is CT/,
  },
  {
    name: 'slices of 4 mm',
    files: () => phantom({ sliceSpacing: 4, slices: 12 }),
    code: 'NO_MEASURABLE_SERIES',
    sentence: /is not usable: Its slices are 4 mm thick and 4 mm apart/,
    verdict: /a hippocampus needs 2 mm or less/,
  },
  {
    name: 'two series with the agreed name',
    files: () => [
      ...phantom({ seed: 'ambiguous', slices: 12 }),
      ...phantom({ seed: 'ambiguous', slices: 12, seriesNumber: 6 }),
    ],
    code: 'AMBIGUOUS_SERIES',
    sentence: /^The study has 2 series described as "HippoCrop" \(number 5, number 6\)/,
    verdict: /^It is one of 2 series/,
  },
  {
    name: 'a missing slice',
    files: () => phantom({ slices: 24 }).toSpliced(11, 1),
    code: 'SLICES_MISSING',
    sentence: /^The series is incomplete: 1 slice is missing/,
  },
  {
    name: 'two different slices at one place',
    files: () => {
      const isDouble = (slice: number) => slice === 12
      const seriesInstanceUid = phantomUid('doubled series')
      const options = { seed: 'doubled', seriesInstanceUid, slices: 24 }
      const again = phantom({
        ...options,
        semiAxes: [6, 16, 5],
        attributes: { SOPInstanceUID: phantomUid('again') },
      })
      return [...phantom(options), ...again.filter((_file, slice) => isDouble(slice))]
    },
    code: 'SLICES_DUPLICATED',
    sentence: /^1 of 25 slices have the same position as another slice/,
  },
  {
    name: 'slices that are shifted against each other',
    files: () =>
      phantom({
        slices: 24,
        attributes: (slice) => ({ ImagePositionPatient: [6.5 + slice / 4, -15.5 + slice, 5.5] }),
      }),
    code: 'SLICES_TILTED',
    sentence: /^The slices are not stacked along their normal/,
  },
  {
    name: 'one slice turned against the others',
    files: () =>
      phantom({
        slices: 24,
        attributes: (slice) =>
          slice === 9 ? { ImageOrientationPatient: [0.98, 0.198997, 0, 0, 0, -1] } : {},
      }),
    code: 'GEOMETRY_MIXED',
    sentence: /^The series mixes images that do not belong in one volume/,
  },
  {
    // A file that breaks off is refused by Orthanc itself.
    name: 'truncated pixel data',
    files: () =>
      phantom({
        slices: 24,
        attributes: (slice) => (slice === 3 ? { PixelData: new ArrayBuffer(500) } : {}),
      }),
    code: 'PIXEL_DATA_INVALID',
    sentence: /pixel data/i,
  },
  {
    name: 'images that show nothing',
    files: () => phantom({ attributes: { PixelData: constant } }),
    code: 'INTENSITIES_CONSTANT',
    sentence: /^The images are blank: practically all voxels have the same intensity\.$/,
  },
  {
    name: 'colour images',
    files: () =>
      phantom({
        slices: 12,
        bitsStored: 8,
        attributes: {
          SamplesPerPixel: 3,
          PhotometricInterpretation: 'RGB',
          PlanarConfiguration: 0,
          PixelData: colour,
        },
      }),
    code: 'PIXEL_DATA_INVALID',
    sentence: /^The image is in colour \(RGB\); only greyscale images can be measured\.$/,
  },
  {
    name: 'a series far too small for a hippocampus',
    files: () => phantom({ slices: 12 }),
    code: 'CROP_UNSUITABLE',
    sentence: /a crop that holds a whole hippocampus is at least/,
  },
]
