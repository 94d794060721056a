import type { DicomDataset } from '../../src/dicom/dicom-instance.ts'
import { parsePart10 } from '../../src/dicom/part10.ts'
import {
  readBytes,
  readNumber,
  readNumbers,
  readSequence,
  readString,
} from '../../src/dicom/read-attributes.ts'
import type { LabelMap } from '../../src/volume/grid.ts'
import { voxelToPatient } from '../../src/volume/patient-affine.ts'

const firstItem = (dataset: DicomDataset, keyword: string) => readSequence(dataset, keyword)![0]!

/** A place in the patient as text, to a hundredth of a millimetre. */
const nameOf = (place: readonly number[]) =>
  place.map((value) => (Math.round(value * 100) / 100 || 0).toFixed(2)).join(' ')

/** Where the voxels of each segment of a segmentation lie in the patient, by segment number. */
export function readVoxels(bytes: Uint8Array): ReadonlyMap<number, readonly string[]> {
  const { dataset } = parsePart10(bytes)
  const [rows, columns] = [readNumber(dataset, 'Rows')!, readNumber(dataset, 'Columns')!]
  const isBinary = readString(dataset, 'SegmentationType') === 'BINARY'
  const pixels = readBytes(dataset, 'PixelData')!
  const shared = firstItem(dataset, 'SharedFunctionalGroupsSequence')
  const orientation = firstItem(shared, 'PlaneOrientationSequence')
  const cosines = readNumbers(orientation, 'ImageOrientationPatient')!
  const spacing = readNumbers(firstItem(shared, 'PixelMeasuresSequence'), 'PixelSpacing')!
  const voxels = new Map<number, string[]>()
  const frames = readSequence(dataset, 'PerFrameFunctionalGroupsSequence')!
  for (const [index, frame] of frames.entries()) {
    const identification = firstItem(frame, 'SegmentIdentificationSequence')
    const segment = readNumber(identification, 'ReferencedSegmentNumber')!
    const found = voxels.get(segment) ?? []
    voxels.set(segment, found)
    const position = readNumbers(firstItem(frame, 'PlanePositionSequence'), 'ImagePositionPatient')!
    for (let pixel = 0; pixel < rows * columns; pixel += 1) {
      const at = index * rows * columns + pixel
      const isInside = isBinary ? (pixels[at >> 3]! >> (at & 7)) & 1 : pixels[at] !== 0
      if (!isInside) continue
      const [across, down] = [(pixel % columns) * spacing[1]!, Math.floor(pixel / columns)]
      found.push(
        nameOf(
          [0, 1, 2].map(
            (axis) =>
              position[axis]! + across * cosines[axis]! + down * spacing[0]! * cosines[axis + 3]!,
          ),
        ),
      )
    }
  }
  return voxels
}

/** Where the voxels of each label lie in the patient, by label. */
export function placesOfLabels(labelMap: LabelMap): ReadonlyMap<number, readonly string[]> {
  const [columns, rows] = labelMap.dimensions
  const places = new Map<number, string[]>()
  for (const [index, label] of labelMap.labels.entries()) {
    if (label === 0) continue
    const slice = Math.floor(index / (columns * rows))
    const row = Math.floor(index / columns) % rows
    const place = voxelToPatient(labelMap.affine, [index % columns, row, slice])
    places.set(label, [...(places.get(label) ?? []), nameOf(place)])
  }
  return places
}
