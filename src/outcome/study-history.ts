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
 * The newest job that saw exactly these source instances and whose result, or rejection page, is still in
 * the archive if it made one. Undefined when there is something to do.
 */
export function findSameLook(
  job: Pick<Job, 'id'>,
  recentJobs: readonly Job[],
  studyFingerprint: string,
  series: readonly SeriesFacts[],
): { readonly jobId: string; readonly outcome: AnalysisOutcome } | undefined {
  for (const earlier of recentJobs) {
    const { id, state, supersededByJobId } = earlier
    const seen = outcomeOf(earlier)
    if (id === job.id || seen?.studyFingerprint !== studyFingerprint) continue
    if (state === 'rejected') {
      if (isStored(seen.rejection?.stored ?? [], series)) return { jobId: id, outcome: seen }
      continue
    }
    if (state !== 'succeeded' || supersededByJobId !== undefined) continue
    if (seen.result && isResultStored(seen.result, series)) return { jobId: id, outcome: seen }
  }
  return undefined
}
