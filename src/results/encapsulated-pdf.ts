import { codeItem, codes } from '../dicom/codes.ts'
import type { DicomAttributes, DicomInstance } from '../dicom/dicom-instance.ts'
import { researchNotice } from './common-modules.ts'
import type { EncodedResult } from './encoded-result.ts'
import type { ResultTime } from './result-time.ts'
import { scEquipmentModule } from './secondary-capture.ts'
import { type ResultInput, startResult } from './start-result.ts'

const encapsulatedPdfStorage = '1.2.840.10008.5.1.4.1.1.104.1'
const seriesNumber = 9004

export interface EncapsulatedPdfInput extends ResultInput {
  /** A whole PDF file. */
  readonly pdf: Uint8Array
  /** True when the page shows the patient's name or id. */
  readonly burnedInIdentity: boolean
}

/** Encapsulated Document Series (PS3.3 C.24.1). */
function encapsulatedDocumentSeriesModule(
  seriesInstanceUid: string,
  time: ResultTime,
): DicomAttributes {
  return {
    Modality: 'DOC',
    SeriesInstanceUID: seriesInstanceUid,
    SeriesNumber: seriesNumber,
    SeriesDescription: `Hippocampal volume (PDF) - ${researchNotice}`,
    SeriesDate: time.date,
    SeriesTime: time.time,
  }
}

/** Encapsulated Document (C.24.2). */
export function encapsulatedDocumentModule(
  { pdf, burnedInIdentity }: EncapsulatedPdfInput,
  sources: readonly DicomInstance[],
  time: ResultTime,
): DicomAttributes {
  return {
    ContentDate: time.date,
    ContentTime: time.time,
    AcquisitionDateTime: null,
    BurnedInAnnotation: burnedInIdentity ? 'YES' : 'NO',
    SourceInstanceSequence: sources.map(({ sopClassUid, sopInstanceUid }) => ({
      ReferencedSOPClassUID: sopClassUid,
      ReferencedSOPInstanceUID: sopInstanceUid,
    })),
    DocumentTitle: 'Hippocampal volume (research use only)',
    ConceptNameCodeSequence: [codeItem(codes.diagnosticImagingReport)],
    MIMETypeOfEncapsulatedDocument: 'application/pdf',
    EncapsulatedDocument: pdf,
    EncapsulatedDocumentLength: pdf.length,
  }
}

/**
 * Writes the report page as an Encapsulated PDF (PS3.3 A.45.1) in its own series. Equal input gives
 * equal bytes, whatever the order of the sources. Throws like startResult.
 */
export function buildEncapsulatedPdf(input: EncapsulatedPdfInput): EncodedResult {
  const { sources, uids, time, encode } = startResult(input, 'pdf')
  return encode(encapsulatedPdfStorage, {
    ...encapsulatedDocumentSeriesModule(uids.seriesInstanceUid, time),
    ...scEquipmentModule(input),
    ...encapsulatedDocumentModule(input, sources, time),
  })
}
