import { describe, expect, it } from 'vitest'
import type { DicomDataset } from '../../src/dicom/dicom-instance.ts'
import { parsePart10 } from '../../src/dicom/part10.ts'
import {
  readBytes,
  readNumber,
  readNumbers,
  readSequence,
  readString,
  readStrings,
} from '../../src/dicom/read-attributes.ts'
import { isOwnResult } from '../../src/selection/own-result.ts'
import { composeMadeUpResult, drawLabels, madeUpHorns } from '../support/made-up-result.ts'
import {
  type PhantomOptions,
  writeEnhancedPhantom,
  writePhantomSeries,
} from '../support/phantom-dicom.ts'
import { placesOfLabels, readVoxels } from './read-voxels.ts'

const small = { columns: 16, rows: 12, slices: 10 }
const items = (dataset: DicomDataset, keyword: string) => readSequence(dataset, keyword) ?? []
const item = (dataset: DicomDataset, ...path: readonly string[]) =>
  path.reduce((level, keyword) => items(level, keyword)[0]!, dataset)
const codes = (dataset: DicomDataset, keyword: string) =>
  items(dataset, keyword).map((code) => readString(code, 'CodeValue'))

async function segment(
  files: readonly Uint8Array[],
  changes: Parameters<typeof composeMadeUpResult>[1] = {},
) {
  const result = await composeMadeUpResult(files, { reportPdf: false, ...changes })
  const bytes = result.bytesOf('segmentation')
  return { ...result, bytes, dataset: parsePart10(bytes).dataset }
}

/** An orientation that follows no axis of the patient, and three different spacings. */
const oblique: PhantomOptions = {
  rowCosines: [0.92106099, 0.38941834, 0],
  columnCosines: [-0.29784357, 0.70446631, -0.64421769],
  pixelSpacing: [0.9, 1.1],
  sliceSpacing: 1.3,
}

const orientations: Readonly<Record<string, PhantomOptions>> = {
  axial: { rowCosines: [1, 0, 0], columnCosines: [0, 1, 0] },
  'axial, in 8 bits': { rowCosines: [1, 0, 0], columnCosines: [0, 1, 0], columns: 13, rows: 11 },
  sagittal: { rowCosines: [0, 1, 0], columnCosines: [0, 0, -1], pixelSpacing: [1, 0.8] },
  coronal: { rowCosines: [1, 0, 0], columnCosines: [0, 0, -1], sliceSpacing: 1.5 },
  'coronal, seen from behind': { rowCosines: [-1, 0, 0], columnCosines: [0, 0, -1] },
  oblique,
  'oblique, in 8 bits': { ...oblique, columns: 15, rows: 9 },
}

describe('the voxels of the segmentation', () => {
  it.each(Object.entries(orientations))(
    'lie where the label map has them: %s',
    async (_name, options) => {
      const files = writePhantomSeries({ ...small, ...options })
      const { bytes, measured } = await segment(files.toReversed())
      expect(readVoxels(bytes)).toEqual(placesOfLabels(measured.labelMap))
    },
  )

  it.each(Object.entries(orientations))(
    'lie where the label map has them: Enhanced, %s',
    async (_name, options) => {
      const { bytes, measured } = await segment([writeEnhancedPhantom({ ...small, ...options })])
      expect(readVoxels(bytes)).toEqual(placesOfLabels(measured.labelMap))
    },
  )

  it('are bits if frames fill whole bytes, otherwise bytes', async () => {
    const aligned = await segment(writePhantomSeries({ ...small, columns: 8, rows: 9 }))
    expect(readString(aligned.dataset, 'SegmentationType')).toBe('BINARY')
    expect(readNumber(aligned.dataset, 'BitsAllocated')).toBe(1)
    const frames = readNumber(aligned.dataset, 'NumberOfFrames')!
    expect(readBytes(aligned.dataset, 'PixelData')).toHaveLength((frames * 72) / 8)

    const crooked = await segment(writePhantomSeries({ ...small, columns: 35, rows: 51 }))
    expect(readString(crooked.dataset, 'SegmentationType')).toBe('FRACTIONAL')
    expect(readString(crooked.dataset, 'SegmentationFractionalType')).toBe('OCCUPANCY')
    expect(readNumber(crooked.dataset, 'BitsAllocated')).toBe(8)
    const pixels = readBytes(crooked.dataset, 'PixelData')!
    expect([...new Set(pixels)].toSorted((a, b) => a - b)).toEqual([0, 255])
    expect(readNumber(crooked.dataset, 'MaximumFractionalValue')).toBe(255)
  })

  it('have exactly the rows, columns, orientation and positions of the source', async () => {
    const files = writePhantomSeries({ ...small, ...oblique })
    const { dataset } = await segment(files)
    const sources = files.map((file) => parsePart10(file))
    const [first] = sources
    for (const keyword of ['Rows', 'Columns', 'FrameOfReferenceUID']) {
      expect(readStrings(dataset, keyword)).toEqual(readStrings(first!.dataset, keyword))
    }
    const shared = item(dataset, 'SharedFunctionalGroupsSequence')
    const orientation = item(shared, 'PlaneOrientationSequence')
    expect(readNumbers(orientation, 'ImageOrientationPatient')).toEqual(
      readNumbers(first!.dataset, 'ImageOrientationPatient'),
    )
    const measures = item(shared, 'PixelMeasuresSequence')
    expect(readNumbers(measures, 'PixelSpacing')).toEqual([0.9, 1.1])
    expect(readNumber(measures, 'SpacingBetweenSlices')).toBeCloseTo(1.3, 5)
    for (const frame of items(dataset, 'PerFrameFunctionalGroupsSequence')) {
      const image = item(frame, 'DerivationImageSequence', 'SourceImageSequence')
      const uid = readString(image, 'ReferencedSOPInstanceUID')
      const source = sources.find(({ sopInstanceUid }) => sopInstanceUid === uid)!
      expect(readNumbers(item(frame, 'PlanePositionSequence'), 'ImagePositionPatient')).toEqual(
        readNumbers(source.dataset, 'ImagePositionPatient'),
      )
    }
  })

  it('are rejected if they are on another grid', async () => {
    const labelsOn = (grid: Parameters<typeof drawLabels>[0]) => {
      const map = drawLabels(grid)
      return {
        ...map,
        dimensions: [map.dimensions[1], map.dimensions[0], map.dimensions[2]] as const,
      }
    }
    await expect(segment(writePhantomSeries(small), { labelsOn })).rejects.toThrow(/grid/)
  })
})

describe('the frames of the segmentation', () => {
  it('cover every slice from first to last for every segment, empty ones too', async () => {
    const { dataset, measured } = await segment(writePhantomSeries({ ...small, slices: 20 }))
    const { labels, dimensions } = measured.labelMap
    const size = dimensions[0] * dimensions[1]
    const used = Array.from({ length: 20 }, (_, slice) =>
      labels.subarray(slice * size, (slice + 1) * size).some((label) => label > 0),
    )
    const count = used.lastIndexOf(true) - used.indexOf(true) + 1
    expect(count).toBeLessThan(20)
    const indices = items(dataset, 'PerFrameFunctionalGroupsSequence').map((frame) =>
      readNumbers(item(frame, 'FrameContentSequence'), 'DimensionIndexValues'),
    )
    const ranks = Array.from({ length: count }, (_, index) => index + 1)
    expect(indices).toEqual([...ranks.map((rank) => [1, rank]), ...ranks.map((rank) => [2, rank])])
    expect(readNumber(dataset, 'NumberOfFrames')).toBe(2 * count)
  })

  it('name the corresponding frame of an Enhanced image', async () => {
    const { dataset } = await segment([writeEnhancedPhantom(small)])
    const numbers = items(dataset, 'PerFrameFunctionalGroupsSequence').map((frame) =>
      readNumber(
        item(frame, 'DerivationImageSequence', 'SourceImageSequence'),
        'ReferencedFrameNumber',
      ),
    )
    const half = numbers.length / 2
    const first = numbers[0]!
    expect(numbers.slice(0, half)).toEqual(
      Array.from({ length: half }, (_, index) => first + index),
    )
    expect(numbers.slice(half)).toEqual(numbers.slice(0, half))
  })
})

describe('the segments', () => {
  it('are anterior and posterior hippocampus, coded, coloured and made by an algorithm', async () => {
    const { dataset } = await segment(writePhantomSeries(small), { side: 'left' })
    const segments = items(dataset, 'SegmentSequence')
    expect(segments.map((one) => readNumber(one, 'SegmentNumber'))).toEqual([1, 2])
    expect(segments.map((one) => readString(one, 'SegmentLabel'))).toEqual([
      'Left hippocampus, anterior',
      'Left hippocampus, posterior',
    ])
    const modifiers = segments.map((one) => {
      expect(codes(one, 'SegmentedPropertyCategoryCodeSequence')).toEqual(['91723000'])
      expect(codes(one, 'SegmentedPropertyTypeCodeSequence')).toEqual(['5366008'])
      expect(readString(one, 'SegmentAlgorithmType')).toBe('AUTOMATIC')
      const algorithm = item(one, 'SegmentationAlgorithmIdentificationSequence')
      expect(readString(algorithm, 'AlgorithmName')).toBe('made-up-unet')
      expect(codes(algorithm, 'AlgorithmFamilyCodeSequence')).toEqual(['123110'])
      return codes(
        item(one, 'SegmentedPropertyTypeCodeSequence'),
        'SegmentedPropertyTypeModifierCodeSequence',
      )
    })
    expect(modifiers).toEqual([
      ['7771000', '255549009'],
      ['7771000', '255551008'],
    ])
    // The page's yellow and light blue in CIELab relative to D50.
    expect(segments.map((one) => readNumbers(one, 'RecommendedDisplayCIELabValue'))).toEqual([
      [58686, 30716, 52166],
      [51690, 30162, 24581],
    ])
  })

  it('include the temporal horns with a volume, made by a separate network', async () => {
    const files = writePhantomSeries({ ...small, columns: 13, rows: 11 })
    const { dataset, bytes, measured } = await segment(files, { kind: 'head', horns: madeUpHorns })
    const segments = items(dataset, 'SegmentSequence')
    expect(segments).toHaveLength(5)
    const horn = segments[4]!
    expect(readString(horn, 'SegmentLabel')).toBe('Left temporal horn')
    const [type] = items(horn, 'SegmentedPropertyTypeCodeSequence')
    expect(readString(type!, 'CodeValue')).toBe('53118009')
    expect(codes(type!, 'SegmentedPropertyTypeModifierCodeSequence')).toEqual(['7771000'])
    const algorithm = item(horn, 'SegmentationAlgorithmIdentificationSequence')
    expect(readString(algorithm, 'AlgorithmName')).toBe('made-up-horn')
    // Of every slice a frame, and one voxel in all of them, where withHorns put it.
    const pixels = readBytes(dataset, 'PixelData')!
    const frames = readNumber(dataset, 'NumberOfFrames')!
    const last = pixels.subarray((frames / 5) * 4 * 13 * 11, frames * 13 * 11)
    expect(last.reduce((count, value) => count + (value > 0 ? 1 : 0), 0)).toBe(1)
    expect(last.indexOf(255)).toBe(0)
    expect(measured.labelMap.labels.includes(5)).toBe(false)
    expect(bytes).toEqual((await segment(files, { kind: 'head', horns: madeUpHorns })).bytes)
  })

  it('have no side if the data states none', async () => {
    const { dataset } = await segment(writePhantomSeries(small))
    const [anterior] = items(dataset, 'SegmentSequence')
    expect(readString(anterior!, 'SegmentLabel')).toBe('Hippocampus, anterior')
    expect(
      codes(
        item(anterior!, 'SegmentedPropertyTypeCodeSequence'),
        'SegmentedPropertyTypeModifierCodeSequence',
      ),
    ).toEqual(['255549009'])
  })
})

describe('the segmentation as a whole', () => {
  it('refers to every image of its series, states research use, and is recognised as our own', async () => {
    const files = writePhantomSeries(small)
    const { dataset } = await segment(files)
    const series = item(dataset, 'ReferencedSeriesSequence')
    expect(
      items(series, 'ReferencedInstanceSequence')
        .map((one) => readString(one, 'ReferencedSOPInstanceUID')!)
        .toSorted(),
    ).toEqual(files.map((file) => parsePart10(file).sopInstanceUid).toSorted())
    expect(readString(dataset, 'SeriesDescription')).toMatch(/RESEARCH ONLY/)
    expect(readString(dataset, 'ContentQualification')).toBe('RESEARCH')
    expect(isOwnResult(readString(dataset, 'Manufacturer'))).toBe(true)
  })

  it('generates a frame of reference for a source without one, always the same', async () => {
    const files = writePhantomSeries({ ...small, attributes: { FrameOfReferenceUID: undefined } })
    const [one, other] = [await segment(files), await segment(files)]
    const uid = readString(one.dataset, 'FrameOfReferenceUID')
    expect(uid).toMatch(/^2\.25\./)
    expect(readString(other.dataset, 'FrameOfReferenceUID')).toBe(uid)
  })
})
