import { findTag } from './dictionary.ts'

/** VR of a tag if the file does not state it. */
export function lookUpVr(tag: string): string {
  const vr = findTag(tag.slice(1))?.vr
  // The type of dicom-parser requires a string, but undefined means 'check whether items follow'.
  return (vr === undefined || vr.length !== 2 || vr === 'UN' ? undefined : vr) as string
}
