import type { DicomInstance } from '../dicom/dicom-instance.ts'
import { readString } from '../dicom/read-attributes.ts'
import type { ReportInput } from '../report/report-input.ts'
import type { SeriesVerdict } from '../selection/series-choice.ts'
import type { SeriesFacts } from '../selection/series-facts.ts'
import type { StudyFacts } from '../selection/study-facts.ts'

const nothingDrawn = {
  accessionNumber: undefined,
  studyDate: undefined,
  studyDescription: undefined,
} as const

const pickStudy = ({ accessionNumber, studyDate, studyDescription }: StudyFacts) => ({
  accessionNumber,
  studyDate,
  studyDescription,
})

/** Facts about study and series on every page; identifying ones only if requested. */
export function describeSubject(
  input: {
    readonly chosen: SeriesFacts
    readonly verdicts: readonly SeriesVerdict[]
    /** Whether patient name and id are drawn on the page. */
    readonly drawIdentity: boolean
    /** False omits accession number, date and description of the study. */
    readonly drawStudy?: boolean | undefined
  },
  facts: StudyFacts,
  source: DicomInstance | undefined,
): Pick<ReportInput, 'study' | 'series'> {
  const { chosen, verdicts } = input
  const name = (keyword: string) =>
    input.drawIdentity && source ? readString(source.dataset, keyword) : undefined
  const verdict = verdicts.find((one) => one.seriesInstanceUid === chosen.seriesInstanceUid)
  return {
    study: {
      ...(input.drawStudy === false ? nothingDrawn : pickStudy(facts)),
      patientAge: facts.patientAge,
      patientSex: facts.patientSex,
      patientName: name('PatientName'),
      patientId: name('PatientID'),
    },
    series: {
      number: chosen.seriesNumber,
      description: chosen.seriesDescription,
      instanceCount: chosen.instances.length,
      scanner: [chosen.manufacturer, chosen.manufacturerModelName].filter(Boolean).join(' '),
      sentence: verdict?.sentence ?? '',
    },
  }
}
