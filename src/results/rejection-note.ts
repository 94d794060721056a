import { codes } from '../dicom/codes.ts'
import { copyModules } from '../dicom/copy-modules.ts'
import type { DicomAttributes, DicomInstance } from '../dicom/dicom-instance.ts'
import { makeUid } from '../dicom/uids.ts'
import { writePart10 } from '../dicom/write-part10.ts'
import { generalEquipmentModule, type ResultMakers, researchNotice } from './common-modules.ts'
import type { EncodedResult } from './encoded-result.ts'
import { formatResultTime } from './result-time.ts'
import { secondaryCaptureStorage } from './secondary-capture.ts'
import { segmentationStorage } from './seg/segmentation.ts'
import { type EvidenceInstance, referenceStudy } from './sr/collect-evidence.ts'
import {
  type ContentItem,
  codeContentItem,
  containerItem,
  personItem,
  textItem,
} from './sr/content-item.ts'
import { languageOfContent } from './sr/tid-1204-language.ts'

export const keyObjectSelectionStorage = '1.2.840.10008.5.1.4.1.1.88.59'
const seriesNumber = 9006

export interface RejectionNoteInput extends ResultMakers {
  /** The structured report of the rejected result, from which patient and study are copied. */
  readonly document: DicomInstance
  readonly studyInstanceUid: string
  /** Every instance of the result. */
  readonly rejected: readonly EvidenceInstance[]
  /** Who rejected it, as DICOM PN or free text. */
  readonly reader: string
  readonly reason: string
  readonly rejectedAt: Date
  /** TimezoneOffsetFromUTC of the document. */
  readonly timezoneOffset: string | undefined
}

const images: readonly string[] = [segmentationStorage, secondaryCaptureStorage]

/** TID 2010 Row 5: a referenced instance; it has no concept name. */
function keyObject({ sopClassUid, sopInstanceUid }: EvidenceInstance): ContentItem {
  return {
    RelationshipType: 'CONTAINS',
    ValueType: images.includes(sopClassUid) ? 'IMAGE' : 'COMPOSITE',
    ReferencedSOPSequence: [
      { ReferencedSOPClassUID: sopClassUid, ReferencedSOPInstanceUID: sopInstanceUid },
    ],
  }
}

/** TID 2010 Key Object Selection. */
function noteTree({ rejected, reader, reason }: RejectionNoteInput): ContentItem {
  return containerItem(
    undefined,
    codes.rejectedForQuality,
    [
      languageOfContent(),
      // TID 1002 and 1003
      codeContentItem('HAS OBS CONTEXT', codes.observerType, codes.person),
      personItem('HAS OBS CONTEXT', codes.personObserverName, reader),
      // TID 2010 Row 4
      textItem('CONTAINS', codes.keyObjectDescription, reason),
      ...rejected.map(keyObject),
    ],
    '2010',
  )
}

/**
 * A Key Object Selection (PS3.3 A.35.4) stating that a reader rejected a result for quality
 * reasons: archives and viewers that support IHE IOCM hide the referenced instances. Its UIDs are
 * derived from the report and the reason, so that the same rejection writes the same instance.
 */
export function buildRejectionNote(input: RejectionNoteInput): EncodedResult {
  const { document, studyInstanceUid, rejected, reason, reader } = input
  const time = formatResultTime(input.rejectedAt, input.timezoneOffset)
  const names = [document.sopInstanceUid, reader, reason] as const
  const sopInstanceUid = makeUid('rejection-note', 'instance', ...names)
  const seriesInstanceUid = makeUid('rejection-note', 'series', ...names)
  const { attributes: patientAndStudy, inherited } = copyModules(document)
  const attributes: DicomAttributes = {
    ...patientAndStudy,
    ...generalEquipmentModule(input),
    InstanceCreationDate: time.date,
    InstanceCreationTime: time.time,
    InstanceNumber: 1,
    ContentQualification: 'RESEARCH',
    ...(time.timezoneOffset === undefined ? {} : { TimezoneOffsetFromUTC: time.timezoneOffset }),
    Modality: 'KO',
    SeriesInstanceUID: seriesInstanceUid,
    SeriesNumber: seriesNumber,
    SeriesDescription: `Rejected by a reader - ${researchNotice}`,
    SeriesDate: time.date,
    SeriesTime: time.time,
    ReferencedPerformedProcedureStepSequence: [],
    ContentDate: time.date,
    ContentTime: time.time,
    CurrentRequestedProcedureEvidenceSequence: [referenceStudy(studyInstanceUid, rejected)],
    ...noteTree(input),
  }
  const bytes = writePart10(attributes, {
    sopClassUid: keyObjectSelectionStorage,
    sopInstanceUid,
    inherited,
  })
  return { sopClassUid: keyObjectSelectionStorage, sopInstanceUid, seriesInstanceUid, bytes }
}
