import type { Job, JobState, JobTrigger } from './job.ts'

/** A row of the jobs table as node:sqlite answers it. */
export interface JobRow {
  readonly id: string
  readonly orthanc_study_id: string
  readonly study_instance_uid: string
  readonly trigger: string
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
}

/** The job of a row. Rows are trusted: only this store writes them. */
export function readJobRow(row: JobRow): Job {
  return {
    id: row.id,
    orthancStudyId: row.orthanc_study_id,
    studyInstanceUid: row.study_instance_uid,
    trigger: row.trigger as JobTrigger,
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
  }
}
