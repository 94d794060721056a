import type { DicomDataset, DicomInstance } from '../dicom/dicom-instance.ts'
import { readFrameBytes } from '../dicom/frame-bytes.ts'
import { readPixelFormat } from '../dicom/pixel-format.ts'
import { readBytes, readSequence, readString, readStrings } from '../dicom/read-attributes.ts'

/** Attributes that identify an instance, its patient and its sources. */
const names = [
  'SOPInstanceUID',
  'SOPClassUID',
  'SeriesInstanceUID',
  'StudyInstanceUID',
  'PatientID',
  'Modality',
  'Rows',
  'Columns',
  'NumberOfFrames',
  'SegmentationType',
] as const

/** Attributes of an item of a content tree (PS3.3 C.17.3) that carry its meaning. */
const contentValues = [
  'RelationshipType',
  'ValueType',
  'TextValue',
  'UID',
  'NumericValue',
  'CodeValue',
  'CodingSchemeDesignator',
  'ReferencedSOPInstanceUID',
  'ReferencedSegmentNumber',
] as const
const contentSequences = [
  'ConceptNameCodeSequence',
  'ConceptCodeSequence',
  'MeasuredValueSequence',
  'MeasurementUnitsCodeSequence',
  'ReferencedSOPSequence',
  'ContentSequence',
] as const

function listValues(level: DicomDataset, keyword: string): string {
  return (readStrings(level, keyword) ?? []).map((value) => value.trim()).join('\\')
}

/** The content tree below a level as text; equal texts are equal trees. */
function describeContent(level: DicomDataset): string {
  const values = contentValues.map((keyword) => listValues(level, keyword))
  const below = contentSequences.map((keyword) =>
    (readSequence(level, keyword) ?? []).map(describeContent),
  )
  return JSON.stringify([values, below])
}

/** The segment of each frame (PS3.3 C.8.20.3.1), and the definitions of the segments. */
function describeSegments({ dataset }: DicomInstance): string {
  const segments = (readSequence(dataset, 'SegmentSequence') ?? []).map((item) =>
    ['SegmentNumber', 'SegmentLabel', 'TrackingUID'].map((keyword) => listValues(item, keyword)),
  )
  const frames = (readSequence(dataset, 'PerFrameFunctionalGroupsSequence') ?? []).map((frame) => [
    (readSequence(frame, 'SegmentIdentificationSequence') ?? []).map((item) =>
      listValues(item, 'ReferencedSegmentNumber'),
    ),
    (readSequence(frame, 'PlanePositionSequence') ?? []).map((item) =>
      (readStrings(item, 'ImagePositionPatient') ?? []).map(Number),
    ),
  ])
  return JSON.stringify([segments, frames])
}

/** Native pixels of all frames; of one bit each as they are packed. Undefined if there are none. */
function readPixels(instance: DicomInstance): Uint8Array | undefined {
  const element = instance.dataset.parsed.elements.x7fe00010
  if (element === undefined) return undefined
  if (listValues(instance.dataset, 'BitsAllocated') === '1') {
    return readBytes(instance.dataset, 'PixelData')
  }
  const frames = readFrameBytes(instance, readPixelFormat(instance))
  const isPlanar = listValues(instance.dataset, 'PlanarConfiguration') === '1'
  return Buffer.concat(isPlanar ? frames.map(interleave) : frames)
}

/** Three planes of a colour image as pixels of three samples. */
function interleave(planes: Uint8Array): Uint8Array {
  const pixels = planes.length / 3
  return planes.map((_, index) => planes[(index % 3) * pixels + Math.floor(index / 3)]!)
}

const isEqual = (one: Uint8Array | undefined, other: Uint8Array | undefined) =>
  one === undefined || other === undefined ? one === other : Buffer.compare(one, other) === 0

/** Whether an instance's pixels are compressed and must be decoded before comparison. */
export function hasCompressedPixels({ dataset }: DicomInstance): boolean {
  return dataset.parsed.elements.x7fe00010?.encapsulatedPixelData === true
}

/**
 * Whether the archive's instance with a result's UID is that result: the same patient and study,
 * pixels, segments, content tree and document. Encoding and other attributes, which a site may
 * change on receipt, are ignored. Both have native pixels.
 */
export function isSameResult(sent: DicomInstance, stored: DicomInstance): boolean {
  const isNamedAlike = names.every(
    (name) => listValues(sent.dataset, name) === listValues(stored.dataset, name),
  )
  return (
    isNamedAlike &&
    readString(stored.dataset, 'Manufacturer') === readString(sent.dataset, 'Manufacturer') &&
    isEqual(readPixels(sent), readPixels(stored)) &&
    describeSegments(sent) === describeSegments(stored) &&
    describeContent(sent.dataset) === describeContent(stored.dataset) &&
    isEqual(
      readBytes(sent.dataset, 'EncapsulatedDocument'),
      readBytes(stored.dataset, 'EncapsulatedDocument'),
    )
  )
}
