import type { DicomAttributes } from '../../dicom/dicom-instance.ts'
import type { ContentItem } from './content-item.ts'

/** An instance that a document may reference, with its series. */
export interface EvidenceInstance {
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  readonly seriesInstanceUid: string
}

/** SOP Instance UIDs of everything a tree references. */
function listReferences(item: ContentItem): string[] {
  const references = (item.ReferencedSOPSequence ?? []) as readonly DicomAttributes[]
  const children = (item.ContentSequence ?? []) as readonly ContentItem[]
  return [
    ...references.map(({ ReferencedSOPInstanceUID }) => ReferencedSOPInstanceUID as string),
    ...children.flatMap(listReferences),
  ]
}

/** One study of a Hierarchical SOP Instance Reference (PS3.3 C.17.2.1) with these instances. */
export function referenceStudy(
  studyInstanceUid: string,
  instances: readonly EvidenceInstance[],
): DicomAttributes {
  const bySeries = Map.groupBy(instances, ({ seriesInstanceUid }) => seriesInstanceUid)
  return {
    StudyInstanceUID: studyInstanceUid,
    ReferencedSeriesSequence: [...bySeries].map(([seriesInstanceUid, members]) => ({
      SeriesInstanceUID: seriesInstanceUid,
      ReferencedSOPSequence: members.map(({ sopClassUid, sopInstanceUid }) => ({
        ReferencedSOPClassUID: sopClassUid,
        ReferencedSOPInstanceUID: sopInstanceUid,
      })),
    })),
  }
}

/**
 * Evidence of a document (Current Requested Procedure Evidence Sequence, C.17.2): exactly what its
 * tree references, so that the two always match. `known` are the instances of the study that may
 * occur.
 */
export function collectEvidence(
  tree: ContentItem,
  studyInstanceUid: string,
  known: readonly EvidenceInstance[],
): DicomAttributes {
  const referenced = new Set(listReferences(tree))
  const evidence = known.filter(({ sopInstanceUid }) => referenced.delete(sopInstanceUid))
  if (referenced.size > 0) {
    throw new TypeError(`The document points at ${referenced.size} instances of no known series`)
  }
  return referenceStudy(studyInstanceUid, evidence)
}
