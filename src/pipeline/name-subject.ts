import type { MeasuredSubject } from '../outcome/outcome.ts'
import type { SeriesFacts } from '../selection/series-facts.ts'
import { collectStudyFacts } from '../selection/study-facts.ts'

/** Of whom and when a study is, as its images say it: what research asks of every result. */
export function nameSubject(chosen: SeriesFacts, series: readonly SeriesFacts[]): MeasuredSubject {
  const { studyDate, patientAge, patientSex } = collectStudyFacts(chosen, series)
  return {
    ...(studyDate !== undefined && { studyDate }),
    ...(patientAge !== undefined && { age: patientAge }),
    ...(patientSex !== undefined && { sex: patientSex }),
  }
}
