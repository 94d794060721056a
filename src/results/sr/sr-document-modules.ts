import type { DicomAttributes } from '../../dicom/dicom-instance.ts'
import { researchNotice } from '../common-modules.ts'
import type { ResultTime } from '../result-time.ts'

/** SR Document Series (PS3.3 C.17.1). */
export function srDocumentSeriesModule(series: {
  readonly seriesInstanceUid: string
  readonly seriesNumber: number
  readonly title: string
  readonly time: ResultTime
}): DicomAttributes {
  return {
    Modality: 'SR',
    SeriesInstanceUID: series.seriesInstanceUid,
    SeriesNumber: series.seriesNumber,
    SeriesDescription: `${series.title} - ${researchNotice}`,
    SeriesDate: series.time.date,
    SeriesTime: series.time.time,
    ReferencedPerformedProcedureStepSequence: [],
  }
}

/**
 * SR Document General (C.17.2): complete, preliminary and unverified, because no person has
 * reviewed it. `predecessors` are the documents that this one replaces.
 */
export function srDocumentGeneralModule(
  time: ResultTime,
  evidence: DicomAttributes,
  predecessors: readonly DicomAttributes[],
): DicomAttributes {
  return {
    ContentDate: time.date,
    ContentTime: time.time,
    CompletionFlag: 'COMPLETE',
    VerificationFlag: 'UNVERIFIED',
    PreliminaryFlag: 'PRELIMINARY',
    PerformedProcedureCodeSequence: [],
    CurrentRequestedProcedureEvidenceSequence: [evidence],
    ...(predecessors.length === 0 ? {} : { PredecessorDocumentsSequence: predecessors }),
  }
}
