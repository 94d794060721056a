import { HippoError } from '../errors.ts'
import { type AcquisitionFacts, readAcquisition, readDimensions } from './acquisition-facts.ts'
import type { DicomDataset, DicomInstance } from './dicom-instance.ts'
import { readPixelFormat } from './pixel-format.ts'
import {
  readNumber,
  readSequence,
  readString,
  readStrings,
  requireNumber,
  requireNumbers,
} from './read-attributes.ts'

type Vector3 = readonly [number, number, number]

/** Position of one frame in the patient and the meaning of its stored values. Millimetres, LPS. */
export interface SliceFacts extends Partial<AcquisitionFacts> {
  /** SOP Instance UID, with #frame (from 1) for a multi-frame image. */
  readonly id: string
  readonly rows: number
  readonly columns: number
  /** Distance between the centres of adjacent rows, then of adjacent columns (PS3.3 10.7.1.3). */
  readonly pixelSpacing: readonly [number, number]
  readonly imagePositionPatient: Vector3
  /** Direction of increasing column index (along a row). */
  readonly rowCosines: Vector3
  /** Direction of increasing row index (down a column). */
  readonly columnCosines: Vector3
  readonly sliceThickness: number | undefined
  readonly spacingBetweenSlices: number | undefined
  readonly rescaleSlope: number
  readonly rescaleIntercept: number
  /** Frame Content Macro (C.7.6.16.2.2); undefined in classic images. */
  readonly stackId: string | undefined
  readonly inStackPositionNumber: number | undefined
  readonly temporalPositionIndex: number | undefined
}

/** Looks up an attribute of a macro: in the frame's groups, the shared ones, then the image itself. */
type MacroLookup = (macro: string) => readonly DicomDataset[]

function optionalNumber(
  levels: readonly DicomDataset[],
  keyword: string,
  fallback: number,
): number {
  const level = levels.find((dataset) => (readStrings(dataset, keyword) ?? []).length > 0)
  return level === undefined ? fallback : requireNumber(level, keyword)
}

function locate(levels: readonly DicomDataset[], keyword: string): DicomDataset {
  const level = levels.find((dataset) => readStrings(dataset, keyword) !== undefined)
  return level ?? (levels.at(-1) as DicomDataset)
}

function readFrame(
  lookUp: MacroLookup,
  dimensions: readonly (string | undefined)[],
  id: string,
  rows: number,
  columns: number,
): SliceFacts {
  const numbers = <Count extends 2 | 3 | 6>(macro: string, keyword: string, count: Count) =>
    requireNumbers(locate(lookUp(macro), keyword), keyword, count)
  const [rowX, rowY, rowZ, columnX, columnY, columnZ] = numbers(
    'PlaneOrientationSequence',
    'ImageOrientationPatient',
    6,
  )
  const measures = lookUp('PixelMeasuresSequence')
  const content = lookUp('FrameContentSequence')
  const transformation = lookUp('PixelValueTransformationSequence')
  return {
    id,
    rows,
    columns,
    pixelSpacing: numbers('PixelMeasuresSequence', 'PixelSpacing', 2),
    imagePositionPatient: numbers('PlanePositionSequence', 'ImagePositionPatient', 3),
    rowCosines: [rowX, rowY, rowZ],
    columnCosines: [columnX, columnY, columnZ],
    sliceThickness: readNumber(locate(measures, 'SliceThickness'), 'SliceThickness'),
    spacingBetweenSlices: readNumber(
      locate(measures, 'SpacingBetweenSlices'),
      'SpacingBetweenSlices',
    ),
    // A slope of 0 would leave nothing of the image: it says that none is known.
    rescaleSlope: optionalNumber(transformation, 'RescaleSlope', 1) || 1,
    rescaleIntercept: optionalNumber(transformation, 'RescaleIntercept', 0),
    stackId: readString(locate(content, 'StackID'), 'StackID'),
    inStackPositionNumber: readNumber(
      locate(content, 'InStackPositionNumber'),
      'InStackPositionNumber',
    ),
    temporalPositionIndex: readNumber(
      locate(content, 'TemporalPositionIndex'),
      'TemporalPositionIndex',
    ),
    ...readAcquisition(lookUp, dimensions),
  }
}

/**
 * Reads one SliceFacts per frame, in stored order: of a classic image from its own attributes, of an
 * Enhanced one from the shared and per-frame functional groups (PS3.3 C.7.6.16).
 *
 * Throws ATTRIBUTE_MISSING when position, orientation or spacing is absent or unusable, and
 * PIXEL_DATA_INVALID when frames and functional groups differ in number.
 */
export function readSliceFacts(instance: DicomInstance): readonly SliceFacts[] {
  const { dataset, sopInstanceUid } = instance
  const { rows, columns, numberOfFrames } = readPixelFormat(instance)
  const shared = readSequence(dataset, 'SharedFunctionalGroupsSequence') ?? []
  const perFrame = readSequence(dataset, 'PerFrameFunctionalGroupsSequence') ?? []
  if (perFrame.length !== numberOfFrames && (perFrame.length > 0 || numberOfFrames > 1)) {
    throw new HippoError(
      'PIXEL_DATA_INVALID',
      `The image has ${numberOfFrames} frames but positions for ${perFrame.length} of them.`,
      { details: { sopInstanceUid } },
    )
  }
  const dimensions = readDimensions(dataset)
  return Array.from({ length: numberOfFrames }, (_, index) => {
    const groups = [...perFrame.slice(index, index + 1), ...shared.slice(0, 1)]
    const lookUp: MacroLookup = (macro) => [
      ...groups.flatMap((group) => (readSequence(group, macro) ?? []).slice(0, 1)),
      dataset,
    ]
    const id = numberOfFrames > 1 ? `${sopInstanceUid}#${index + 1}` : sopInstanceUid
    return readFrame(lookUp, dimensions, id, rows, columns)
  })
}
