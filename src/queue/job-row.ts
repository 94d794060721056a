import { HippoError } from '../errors.ts'
import type { Job, JobAnswer, JobState, JobSummary, JobTrigger, StageTiming } from './job.ts'
import type { JobEnding } from './job-store.ts'

/** A row of the jobs table as returned by both databases. */
export interface JobRow {
  readonly sequence: number
  readonly id: string
  readonly orthanc_study_id: string
  readonly study_instance_uid: string
  readonly trigger: string
  readonly batch: string | null
  readonly force: number
  readonly run_number: number
  readonly state: string
  readonly created_at: number
  readonly analysis_started_at: number | null
  readonly finished_at: number | null
  readonly attempts: number
  readonly not_before: number
  readonly lease_owner: string | null
  readonly lease_expires_at: number | null
  readonly cancel_requested: number
  readonly error: string | null
  readonly timings: string
  readonly outcome: string | null
  readonly predecessor_job_id: string | null
  readonly superseded_by_job_id: string | null
  readonly answer: string | null
  readonly follow_up_at: number | null
  readonly follow_up_attempts: number
  readonly follow_up_owner: string | null
}

/** The job of a row. Rows are trusted: only the stores write them. */
export function readJobRow(row: JobRow): Job {
  return {
    id: row.id,
    orthancStudyId: row.orthanc_study_id,
    studyInstanceUid: row.study_instance_uid,
    trigger: row.trigger as JobTrigger,
    batch: row.batch ?? undefined,
    force: row.force === 1,
    runNumber: row.run_number,
    state: row.state as JobState,
    createdAt: row.created_at,
    analysisStartedAt: row.analysis_started_at ?? undefined,
    finishedAt: row.finished_at ?? undefined,
    attempts: row.attempts,
    notBefore: row.not_before,
    leaseOwner: row.lease_owner ?? undefined,
    leaseExpiresAt: row.lease_expires_at ?? undefined,
    cancelRequested: row.cancel_requested === 1,
    error: row.error === null ? undefined : JSON.parse(row.error),
    timings: JSON.parse(row.timings),
    outcome: row.outcome === null ? undefined : JSON.parse(row.outcome),
    predecessorJobId: row.predecessor_job_id ?? undefined,
    supersededByJobId: row.superseded_by_job_id ?? undefined,
    answer: row.answer ? JSON.parse(row.answer) : undefined,
  }
}

/** The job for its follow-up: with the follow-up's attempts and owner, and no cancel request. */
export function readFollowUpRow(row: JobRow): Job {
  return {
    ...readJobRow(row),
    attempts: row.follow_up_attempts,
    leaseOwner: row.follow_up_owner ?? undefined,
    leaseExpiresAt: row.follow_up_at ?? undefined,
    cancelRequested: false,
  }
}

function writeSummary({ studyDate, accessionNumber, lowestPercentile, isAlarm }: JobSummary) {
  return {
    studyDate: studyDate ?? null,
    accessionNumber: accessionNumber ?? null,
    lowestPercentile: lowestPercentile ?? null,
    isAlarm: isAlarm === undefined ? null : Number(isAlarm),
  }
}

/** An answer as the column of a row; null without one. */
export function writeAnswer(answer: JobAnswer | undefined): string {
  return answer === undefined ? '' : JSON.stringify(answer)
}

/** The row an answer was written into; throws ANSWER_REFUSED if there is none. */
export function requireAnswered(row: unknown): JobRow {
  if (row !== undefined) return row as JobRow
  throw new HippoError(
    'ANSWER_REFUSED',
    'The result was replaced, or someone else accepted or rejected it. Reload it.',
  )
}

/** An ending as the columns of a row, and whether it needs a follow-up. */
export function writeEnding(ending: JobEnding, timings: readonly StageTiming[]) {
  const outcome = 'outcome' in ending ? ending.outcome : undefined
  return {
    predecessor: ('predecessorJobId' in ending && ending.predecessorJobId) || null,
    state: ending.state,
    error: 'error' in ending ? JSON.stringify(ending.error) : null,
    outcome: outcome === undefined ? null : JSON.stringify(outcome),
    timings: JSON.stringify(timings),
    followUp: 'followUp' in ending && ending.followUp === true,
    ...writeSummary(('summary' in ending && ending.summary) || {}),
  }
}

/** The row a statement changed under the owner's lease; throws LEASE_LOST if it changed none. */
export function requireHeld<Row>(row: unknown, jobId: string): Row {
  if (row !== undefined) return row as Row
  throw new HippoError('LEASE_LOST', 'This worker no longer holds the lease of the job.', {
    details: { jobId },
  })
}

/** Identifiers of deleted rows by end time: a database returns them in any order. */
export function listDeleted(rows: readonly Readonly<Record<string, unknown>>[]): readonly string[] {
  const deleted = rows as unknown as { id: string; finished_at: number; sequence: number }[]
  return deleted
    .toSorted((a, b) => a.finished_at - b.finished_at || a.sequence - b.sequence)
    .map(({ id }) => id)
}
