import { findTag } from './dictionary.ts'

/** VR of a tag where the file does not name it. */
export function lookUpVr(tag: string): string {
  const vr = findTag(tag.slice(1))?.vr
  // dicom-parser asks the type for a string, but takes undefined as 'look whether items follow'.
  return (vr === undefined || vr.length !== 2 || vr === 'UN' ? undefined : vr) as string
}
