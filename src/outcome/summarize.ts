import type { JobSummary } from '../queue/job.ts'
import type { MeasuredResult } from './outcome.ts'

/** Fields by which lists of results are searched and sorted. */
export function summarize({
  subject,
  norms,
}: Pick<MeasuredResult, 'subject' | 'norms'>): JobSummary {
  const { studyDate, accessionNumber } = subject ?? {}
  const known = { studyDate, accessionNumber }
  if (!norms?.compared || norms.sides.length === 0) return known
  const lowestPercentile = Math.min(...norms.sides.map(({ percentile }) => percentile.value))
  return { ...known, lowestPercentile, isAlarm: lowestPercentile < norms.alarmPercentile }
}
