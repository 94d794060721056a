import type { AnalysisOutcome } from '../outcome/outcome.ts'
import { findSameLook, isResultStored, refuseRepetition } from '../outcome/study-history.ts'
import { isAskedFor, isRenewal, type Job } from '../queue/job.ts'
import type { RunResult } from '../queue/run-job.ts'
import { readEarlierResults } from './plan-result.ts'
import type { StudyRun } from './study-run.ts'

/** The end of a job that found nothing new: the earlier outcome and its job. */
export function endUnchanged(same: { readonly jobId: string; readonly outcome: AnalysisOutcome }) {
  const { forwarded: _, ...found } = same.outcome
  const outcome: AnalysisOutcome = { ...found, sameAsJobId: same.jobId }
  return { state: 'unchanged', outcome, predecessorJobId: same.jobId } as const
}

/**
 * The end of an event for images that an earlier job has already analysed; undefined if there is
 * work to do. Throws FAILED_BEFORE like refuseRepetition.
 */
export async function endKnownImages(run: StudyRun): Promise<RunResult | undefined> {
  const { job, series, recentJobs, studyFingerprint, comparisons, context } = run
  if (job.force || isAskedFor(job)) return undefined
  const same = findSameLook(job, recentJobs, studyFingerprint)
  if (same === undefined) {
    refuseRepetition(job, recentJobs, studyFingerprint)
    return undefined
  }
  // It may have been restored after a later study was measured without it.
  const { result } = same.outcome
  if (result && isResultStored(result, series)) {
    await comparisons.renewLater(job, series, result, context.signal)
  }
  return endUnchanged(same)
}

/** The end of a renewal that would add nothing to the result; undefined for all other jobs. */
export async function endNeedlessRenewal(
  run: StudyRun,
  succeededJobs: readonly Job[],
): Promise<RunResult | undefined> {
  const { job, series, comparisons, step, studyFingerprint, context } = run
  if (!isRenewal(job)) return undefined
  const isWorthIt = await step('history', () =>
    comparisons.isOutdated(job, series, succeededJobs, context.signal),
  )
  if (isWorthIt) return undefined
  const [same] = readEarlierResults(succeededJobs).filter(({ superseded }) => !superseded)
  if (same) return endUnchanged(same)
  const outcome = { verdicts: [], studyFingerprint } satisfies AnalysisOutcome
  return { state: 'unchanged', outcome, predecessorJobId: undefined }
}
