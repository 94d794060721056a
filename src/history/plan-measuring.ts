import { fingerprintStudy } from '../outcome/fingerprint.ts'
import { outcomeOf } from '../outcome/outcome.ts'
import type { SeriesFacts } from '../selection/series-facts.ts'
import type { ComparisonContext, StudyToMeasure } from './comparison.ts'

/** The plan for an earlier study without a usable result; the sentence calls it "it". */
export interface MeasuringPlan {
  readonly reason: 'MEASURING' | 'NOT_MEASURED' | 'NOT_MEASURABLE'
  readonly sentence: string
  readonly toMeasure?: StudyToMeasure
}

/**
 * Decides whether an earlier study is measured (`again` if it has a result of another method): not
 * while a job for it waits or runs, nor after a job has failed on the same images.
 */
export async function planMeasuring(
  study: StudyToMeasure & { readonly series: readonly SeriesFacts[] },
  again: boolean,
  { history, mayMeasure }: Pick<ComparisonContext, 'history' | 'mayMeasure'>,
): Promise<MeasuringPlan> {
  const { orthancStudyId, studyInstanceUid, series } = study
  const measured = again ? 'measured again' : 'measured'
  const jobs = await history.recentJobs(orthancStudyId)
  const isUnderway = jobs.some(
    // An event never measures again what has a result.
    ({ state, trigger }) =>
      (state === 'queued' || state === 'running') &&
      (!again || trigger === 'history' || trigger === 'request'),
  )
  if (isUnderway) return { reason: 'MEASURING', sentence: `It is being ${measured}.` }
  const fingerprint = fingerprintStudy(series)
  const failed = jobs.find(
    (job) =>
      job.trigger === 'history' &&
      !job.force &&
      (job.state === 'rejected' || job.state === 'failed') &&
      outcomeOf(job)?.studyFingerprint === fingerprint,
  )
  if (failed !== undefined) {
    const why = failed.error?.message ?? 'Its job failed.'
    return { reason: 'NOT_MEASURABLE', sentence: `It could not be ${measured}. ${why}` }
  }
  if (!mayMeasure) return { reason: 'NOT_MEASURED', sentence: `It has not been ${measured}.` }
  return {
    reason: 'MEASURING',
    sentence: `It is being ${measured} now; this page will then be renewed with the comparison.`,
    toMeasure: { orthancStudyId, studyInstanceUid },
  }
}
