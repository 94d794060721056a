import type { DicomInstance } from '../dicom/part10.ts'
import { hasAttribute, readStrings } from '../dicom/read-attributes.ts'

const secondaryCapture = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.7(\.|$)/

/** A screen save or page: a Secondary Capture, or an image that says it is one and lies nowhere. */
function isPicture({ sopClassUid, dataset }: DicomInstance): boolean {
  if (secondaryCapture.test(sopClassUid)) return true
  const isScreen = (readStrings(dataset, 'ImageType') ?? []).some((type) => /^SCREEN/i.test(type))
  return isScreen && !hasAttribute(dataset, 'ImagePositionPatient')
}

/**
 * Of the instances of a series, those that are no pictures of a screen, with a sentence on the others; all
 * of them where there is nothing else.
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
      ? 'A picture of a screen lies in the series; it was set aside.'
      : `${pictures} pictures of a screen lie in the series; they were set aside.`
  return { instances, notes: [note] }
}
