import { outcomeOf } from '../outcome/outcome.ts'
import type { MeasurementDocument } from '../results/sr/read-measurement-document.ts'
import type { ComparisonContext } from './comparison.ts'

/** Whether a reader rejected the result that a structured report belongs to. */
export async function wasRejected(
  { sopInstanceUid }: Pick<MeasurementDocument, 'sopInstanceUid'>,
  orthancStudyId: string,
  { history }: Pick<ComparisonContext, 'history'>,
): Promise<boolean> {
  const jobs = await history.recentJobs(orthancStudyId)
  return jobs.some(
    (job) =>
      job.answer?.answer === 'rejected' &&
      (outcomeOf(job)?.result?.stored ?? []).some((one) => one.sopInstanceUid === sopInstanceUid),
  )
}
