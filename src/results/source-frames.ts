import type { DicomInstance } from '../dicom/dicom-instance.ts'
import type { SliceFacts } from '../dicom/slice-facts.ts'

/** The frame of a source instance that one slice of the volume came from. */
export interface SourceFrame {
  readonly instance: DicomInstance
  /** From 1; undefined for an image of one frame. */
  readonly frameNumber: number | undefined
  readonly facts: SliceFacts
}

/**
 * Finds the source frames of slices: their ids are SOP Instance UIDs, with #frame for multi-frame
 * images.
 */
export function findSourceFrames(
  slices: readonly SliceFacts[],
  sources: readonly DicomInstance[],
): readonly SourceFrame[] {
  const byUid = new Map(sources.map((instance) => [instance.sopInstanceUid, instance]))
  return slices.map((facts) => {
    const [uid = '', frame] = facts.id.split('#')
    const instance = byUid.get(uid)
    if (instance === undefined) throw new TypeError(`No source instance is called ${uid}`)
    return { instance, frameNumber: frame === undefined ? undefined : Number(frame), facts }
  })
}
