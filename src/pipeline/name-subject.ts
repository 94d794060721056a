import type { DicomInstance } from '../dicom/dicom-instance.ts'
import type { MeasuredSubject } from '../outcome/outcome.ts'
import { readScanTime } from '../results/read-scan-time.ts'
import type { SeriesFacts } from '../selection/series-facts.ts'
import { collectStudyFacts } from '../selection/study-facts.ts'

/**
 * Person and time of a study as stated in its images, for research tables and lists of results.
 * @param timeZone IANA name of the site's, for images that do not state theirs
 */
export function nameSubject(
  chosen: SeriesFacts,
  series: readonly SeriesFacts[],
  source: DicomInstance | undefined,
  timeZone: string | undefined,
): MeasuredSubject {
  const { studyDate, accessionNumber, patientAge, patientSex } = collectStudyFacts(chosen, series)
  const scannedAt = source && readScanTime(source, timeZone)
  return {
    ...(studyDate !== undefined && { studyDate }),
    ...(scannedAt !== undefined && { scannedAt }),
    ...(accessionNumber !== undefined && { accessionNumber }),
    ...(patientAge !== undefined && { age: patientAge }),
    ...(patientSex !== undefined && { sex: patientSex }),
  }
}
