import type { ErrorRecord } from '../errors.ts'
import type { Job, JobAnswer, JobState, JobSummary, JobTrigger, StageTiming } from './job.ts'

export interface EnqueueRequest {
  readonly orthancStudyId: string
  readonly studyInstanceUid: string
  readonly trigger: JobTrigger
  readonly force: boolean
  /** The backfill that requests the job. */
  readonly batch?: string | undefined
}

export interface JobQuery {
  readonly states?: readonly JobState[] | undefined
  readonly orthancStudyId?: string | undefined
  readonly studyInstanceUid?: string | undefined
  readonly triggers?: readonly JobTrigger[] | undefined
  readonly batch?: string | undefined
  /** Creation time, epoch milliseconds: from, inclusive, and to, exclusive. */
  readonly createdFrom?: number | undefined
  readonly createdTo?: number | undefined
  /**
   * Only jobs older than the one at this position of an earlier listing: pages of any depth cost
   * the same.
   */
  readonly beforePlace?: number | undefined
  /** False omits the total, which would read every matching job. */
  readonly isCounted?: boolean | undefined
  /** Measured study: complete accession number; study dates (DA), both inclusive. */
  readonly accessionNumber?: string | undefined
  readonly studyDateFrom?: string | undefined
  readonly studyDateTo?: string | undefined
  /** Only results with a volume below the alarm percentile. */
  readonly isAlarm?: boolean | undefined
  /** Only results without an answer. */
  readonly isUnanswered?: boolean | undefined
  /** Only results that have not been replaced. */
  readonly isCurrent?: boolean | undefined
  /** `percentile`: only jobs with one, the lowest first. Default: newest first. */
  readonly order?: 'newest' | 'percentile' | undefined
  /** Newest first; at most `limit`, after skipping `offset`. */
  readonly limit: number
  readonly offset: number
}

export interface JobList {
  readonly jobs: readonly Job[]
  readonly total: number
  /** Undefined if no job is listed. */
  readonly lastPlace?: number | undefined
}

/** Filters of the counted jobs; all by default. */
export interface JobFilter {
  readonly batch?: string | undefined
  readonly trigger?: JobTrigger | undefined
}

/** Which ended jobs may be deleted. */
export interface EndedQuery {
  /** Epoch milliseconds; only jobs that ended before. */
  readonly before: number
  readonly states: readonly JobState[]
  /** Maximum number; those that ended first are deleted first. */
  readonly limit: number
}

/** A small named value. */
export interface Mark {
  readonly name: string
  readonly value: string
}

/** The end of a run for the queue. */
export type JobEnding =
  | {
      readonly state: 'succeeded'
      readonly outcome: unknown
      readonly predecessorJobId: string | undefined
      /** The result needs a follow-up; the job waits for it in `followUps`. */
      readonly followUp?: boolean
      /** Fields by which the result is found. */
      readonly summary?: JobSummary
    }
  | {
      readonly state: 'unchanged'
      readonly outcome: unknown
      readonly predecessorJobId: string | undefined
      /** Whether the predecessor's result gets a new follow-up. */
      readonly followUp?: boolean
    }
  | { readonly state: 'rejected'; readonly outcome: unknown; readonly error: ErrorRecord }
  | { readonly state: 'failed'; readonly outcome: unknown; readonly error: ErrorRecord }
  | { readonly state: 'cancelled'; readonly error: ErrorRecord }

/** The queue operations a worker needs to claim jobs, renew leases and report outcomes. */
export interface WorkStore {
  /** Claims the oldest due work, if there is any, and counts the attempt. */
  claim(owner: string, leaseMilliseconds: number): Promise<Job | undefined>
  /**
   * Renews a lease and returns whether a cancel was requested; throws LEASE_LOST if another worker
   * has it.
   */
  heartbeat(
    jobId: string,
    owner: string,
    leaseMilliseconds: number,
  ): Promise<{ cancelRequested: boolean }>
  /** Fixes the run number of the result about to be made (so that a resumed run writes the same one). */
  assignRunNumber(jobId: string, owner: string, runNumber: number): Promise<void>
  /** Ends a job held by owner. A succeeded job with a predecessor marks that one superseded, atomically. */
  finish(
    jobId: string,
    owner: string,
    ending: JobEnding,
    timings: readonly StageTiming[],
  ): Promise<void>
  /**
   * Requeues a job for another attempt not before the given time, and records the error. A free
   * attempt is not counted: the work itself did not fail.
   */
  retryLater(
    jobId: string,
    owner: string,
    error: ErrorRecord,
    notBefore: number,
    isFree?: boolean,
  ): Promise<void>
  /** Returns a claimed job unchanged (graceful shutdown): the attempt is not counted. */
  release(jobId: string, owner: string): Promise<void>
}

/**
 * Follow-up work on the results of ended jobs (forwarding). It becomes due in the same transaction
 * that ends the job, so that none is lost; it has its own attempts, waits and leases and never
 * changes the job's state. A claimed job shows the attempts and the owner of its follow-up.
 * `finish` ends it, keeping the job's outcome if the ending has none; a follow-up requested again
 * meanwhile stays due.
 */
export interface FollowUpStore extends WorkStore {
  /** Replaces the outcome of a job whose follow-up is claimed by the owner. */
  recordOutcome(jobId: string, owner: string, outcome: unknown): Promise<void>
  /** Number of jobs with a waiting or running follow-up. */
  count(): Promise<number>
}

/**
 * The durable queue: an interface with one contract test (test/queue/job-store-contract.ts), so
 * that stores are interchangeable. Every method is atomic and durable. All methods are asynchronous
 * because one store works over a network.
 */
export interface JobStore extends WorkStore {
  /**
   * Stores a job and returns it. A study (Orthanc identifier and UID) with a queued, unforced job
   * not yet claimed gets that job back instead of a second one; one whose job is running gets a new
   * queued job behind it, because the running one may already have read the study. A forced request
   * never joins an unforced one, nor one of trigger 'history' or 'backfill' one of another trigger:
   * it does more than an event, or waits longer. The returned job keeps its own batch.
   */
  enqueue(request: EnqueueRequest): Promise<{ job: Job; created: boolean }>
  /**
   * Claims the oldest due job (queued with notBefore passed, or running with an expired lease)
   * whose study has no other running job with a valid lease. Queued jobs of trigger 'history' are
   * claimed only if none of a lower rank is due, and those of trigger 'backfill' only if no other
   * is; a job whose worker died keeps its place regardless of its trigger, because its study waits
   * for it. Counts the attempt and sets analysisStartedAt at the first one.
   */
  claim(owner: string, leaseMilliseconds: number): Promise<Job | undefined>
  /** Cancels a queued job immediately, asks a running one to stop; throws JOB_NOT_FOUND, JOB_NOT_CANCELLABLE. */
  cancel(jobId: string): Promise<Job>
  /**
   * Replaces the previously read answer to a result with a new one, and makes its follow-up due if
   * there is one. Throws ANSWER_REFUSED if the result was replaced, or answered by someone else, in
   * the meantime.
   */
  answer(
    jobId: string,
    answer: JobAnswer,
    before: JobAnswer | undefined,
    followUp: boolean,
  ): Promise<Job>
  find(jobId: string): Promise<Job | undefined>
  /**
   * Jobs, the total number of matches (0 if not counted), and the position of the last one for the
   * next page.
   */
  list(query: JobQuery): Promise<JobList>
  countByState(filter?: JobFilter): Promise<Readonly<Record<JobState, number>>>
  /**
   * Creation time of the oldest due queued job, for the age of the queue. Those of a backfill do
   * not count, because they wait by design.
   */
  oldestQueuedAt(): Promise<number | undefined>
  /** The succeeded, not superseded jobs of a study, newest first: what the next result is compared with. */
  currentResults(orthancStudyId: string): Promise<readonly Job[]>
  /**
   * Deletes ended jobs and returns their identifiers, those that ended first. Never deletes a
   * succeeded job that was not superseded (the current result of its study), nor one with a waiting
   * follow-up.
   */
  deleteEnded(query: EndedQuery): Promise<readonly string[]>
  readonly followUps: FollowUpStore
  /** Small named values that must survive a restart (the sweep's place in the archive's changes). */
  readMark(name: string): Promise<string | undefined>
  writeMark(name: string, value: string): Promise<void>
  /**
   * Compare-and-set: writes the value if the mark has the expected one (undefined: if there is
   * none) and returns whether it did.
   */
  swapMark(name: string, expected: string | undefined, value: string): Promise<boolean>
  /** Every mark whose name starts with the prefix, by name. */
  listMarks(prefix: string): Promise<readonly Mark[]>
  /** Removes a mark if it exists. */
  deleteMark(name: string): Promise<void>
  close(): Promise<void>
}
