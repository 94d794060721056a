import type { Static } from 'typebox'
import { outcomeOf } from '../outcome/outcome.ts'
import type { Job } from '../queue/job.ts'
import type { resultFacts } from './schemas.ts'

/** What a list shows about a job's result; undefined if it has none. */
export function describeFacts(job: Job): Static<typeof resultFacts> | undefined {
  const { result, verdicts = [] } = outcomeOf(job) ?? {}
  if (result === undefined) return undefined
  const { subject, norms, volumes, measuredSeriesInstanceUid } = result
  const series = verdicts.find((one) => one.seriesInstanceUid === measuredSeriesInstanceUid)
  const placed = norms?.compared ? norms.sides : []
  const percentileOf = (side: string) => placed.find((one) => one.side === side)?.percentile.value
  const isAlarm =
    norms?.compared === true && placed.some((one) => one.percentile.value < norms.alarmPercentile)
  return {
    jobId: job.id,
    ...(subject?.studyDate !== undefined && { studyDate: subject.studyDate }),
    ...(subject?.accessionNumber !== undefined && { accessionNumber: subject.accessionNumber }),
    ...(series?.seriesNumber !== undefined && { seriesNumber: series.seriesNumber }),
    ...(series?.seriesDescription && { seriesDescription: series.seriesDescription }),
    volumes: volumes.map(({ side, totalMm3 }) => {
      const percentile = percentileOf(side)
      return { side, totalMm3, ...(percentile !== undefined && { percentile }) }
    }),
    ...(norms?.compared && { alarmPercentile: norms.alarmPercentile }),
    isAlarm,
  }
}
