import { codes } from '../../dicom/codes.ts'
import {
  type ContentItem,
  codeContentItem,
  containerItem,
  type ImageReference,
  imageItem,
  uidReferenceItem,
} from './content-item.ts'

/** Common facts of the images of a library. */
export interface LibraryImages {
  readonly images: readonly ImageReference[]
  readonly frameOfReferenceUid: string
}

/** TID 1602 Image Library Entry Descriptors that are the same for all images of a group. */
function commonDescriptors({ frameOfReferenceUid }: LibraryImages): readonly ContentItem[] {
  return [
    // TID 1602 Row 1
    codeContentItem('HAS ACQ CONTEXT', codes.modality, codes.magneticResonance),
    // TID 1602 Row 9
    uidReferenceItem('HAS ACQ CONTEXT', codes.frameOfReferenceUid, frameOfReferenceUid),
  ]
}

/** TID 1600 Image Library: every image that was measured, in one group. */
export function imageLibrary(library: LibraryImages): ContentItem {
  // TID 1600 Row 1
  return containerItem('CONTAINS', codes.imageLibrary, [
    // TID 1600 Row 2
    containerItem('CONTAINS', codes.imageLibraryGroup, [
      // TID 1600 Row 3
      ...commonDescriptors(library),
      // TID 1601 Row 1
      ...library.images.map((image) => imageItem('CONTAINS', codes.source, image)),
    ]),
  ])
}
