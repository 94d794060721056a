import type { DicomInstance } from '../dicom/part10.ts'
import { hasAttribute, readStrings } from '../dicom/read-attributes.ts'
import { isScreenPicture } from '../selection/screen-picture.ts'

function isPicture({ sopClassUid, dataset }: DicomInstance): boolean {
  const facts = { sopClassUid, imageType: readStrings(dataset, 'ImageType') ?? [] }
  return isScreenPicture(facts, hasAttribute(dataset, 'ImagePositionPatient'))
}

/**
 * The instances of a series that are not screen captures, with a sentence about the others; all of
 * them if there is nothing else.
 */
export function setPicturesAside(all: readonly DicomInstance[]): {
  readonly instances: readonly DicomInstance[]
  readonly notes: readonly string[]
} {
  const instances = all.filter((instance) => !isPicture(instance))
  const pictures = all.length - instances.length
  if (pictures === 0 || instances.length === 0) return { instances: all, notes: [] }
  const note =
    pictures === 1
      ? 'The series contains a screen capture, which was ignored.'
      : `The series contains ${pictures} screen captures, which were ignored.`
  return { instances, notes: [note] }
}
