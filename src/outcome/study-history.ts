import { HippoError } from '../errors.ts'
import type { Job } from '../queue/job.ts'
import type { SeriesFacts } from '../selection/series-facts.ts'
import {
  type AnalysisOutcome,
  type MeasuredResult,
  outcomeOf,
  type StoredResult,
} from './outcome.ts'

/** The earlier jobs of a study, newest first. */
export interface StudyHistory {
  recentJobs(orthancStudyId: string): Promise<readonly Job[]>
  succeededJobs(orthancStudyId: string): Promise<readonly Job[]>
}

function isStored(stored: readonly StoredResult[], series: readonly SeriesFacts[]): boolean {
  const present = new Set(
    series.flatMap(({ instances }) => instances.map(({ sopInstanceUid }) => sopInstanceUid)),
  )
  return stored.every(({ sopInstanceUid }) => present.has(sopInstanceUid))
}

/** Whether every instance of a result is in the archive, by the study's catalogue. */
export function isResultStored(result: MeasuredResult, series: readonly SeriesFacts[]): boolean {
  return isStored(result.stored, series)
}

/**
 * The newest job on exactly these source instances with a result, or with a page that says why
 * there is none, even if that was deleted from the archive since: an event does not restore it, a
 * person's request does. Undefined if there is work to do.
 */
export function findSameLook(
  job: Pick<Job, 'id'>,
  recentJobs: readonly Job[],
  studyFingerprint: string,
): { readonly jobId: string; readonly outcome: AnalysisOutcome } | undefined {
  for (const earlier of recentJobs) {
    const { id, state, supersededByJobId } = earlier
    const seen = outcomeOf(earlier)
    if (id === job.id || seen?.studyFingerprint !== studyFingerprint) continue
    if (supersededByJobId !== undefined) continue
    const isResult = state === 'succeeded' && seen.result !== undefined
    if (isResult || state === 'rejected') return { jobId: id, outcome: seen }
  }
  return undefined
}

/**
 * Throws FAILED_BEFORE for an event if the newest ended job on exactly these source instances
 * failed while storing its result: our own upload causes an event, which would repeat the same
 * failure endlessly. The sweep and people may retry.
 */
export function refuseRepetition(
  job: Pick<Job, 'id' | 'trigger'>,
  recentJobs: readonly Job[],
  studyFingerprint: string,
): void {
  if (job.trigger !== 'hook') return
  const before = recentJobs.find(
    ({ id, state, error }) =>
      id !== job.id && error?.code !== 'FAILED_BEFORE' && ['failed', 'succeeded'].includes(state),
  )
  const seen = before?.outcome as AnalysisOutcome | undefined
  const { stage } = before?.error ?? {}
  const isStoring = stage === 'store' || stage === 'verify'
  if (before?.state !== 'failed' || !isStoring || seen?.studyFingerprint !== studyFingerprint)
    return
  throw new HippoError(
    'FAILED_BEFORE',
    `Job ${before.id} failed with the same images while storing its result, and an event does not retry that. ${before.error?.message}`,
    { details: { jobId: before.id, code: before.error?.code } },
  )
}

/** The newest job whose page says that this study was not measured, unless it was replaced. */
export function findRejection(recentJobs: readonly Job[]): Job | undefined {
  return recentJobs.find(({ state, outcome, supersededByJobId }) => {
    const { rejection } = (outcome ?? {}) as Partial<AnalysisOutcome>
    return (
      state === 'rejected' && (rejection?.stored.length ?? 0) > 0 && supersededByJobId === undefined
    )
  })
}
