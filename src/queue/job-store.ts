import type { ErrorRecord } from '../errors.ts'
import type { Job, JobAnswer, JobState, JobSummary, JobTrigger, StageTiming } from './job.ts'

export interface EnqueueRequest {
  readonly orthancStudyId: string
  readonly studyInstanceUid: string
  readonly trigger: JobTrigger
  readonly force: boolean
  /** The backfill that asks. */
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
  /** Only jobs older than the one with this place, as an earlier listing told it: pages of any depth cost the same. */
  readonly beforePlace?: number | undefined
  /** False leaves the total out, which costs a look at every job that fits. */
  readonly isCounted?: boolean | undefined
  /** Of the measured study: whole accession number; study dates (DA), both inclusive. */
  readonly accessionNumber?: string | undefined
  readonly studyDateFrom?: string | undefined
  readonly studyDateTo?: string | undefined
  /** Only results with a volume under the alarm percentile. */
  readonly isAlarm?: boolean | undefined
  /** Only results that nobody has answered. */
  readonly isUnanswered?: boolean | undefined
  /** Only results that no other has replaced. */
  readonly isCurrent?: boolean | undefined
  /** `percentile`: only jobs with one, the lowest first. Newest first where it says nothing. */
  readonly order?: 'newest' | 'percentile' | undefined
  /** Newest first; at most `limit`, after skipping `offset`. */
  readonly limit: number
  readonly offset: number
}

export interface JobList {
  readonly jobs: readonly Job[]
  readonly total: number
  /** Undefined where no job is listed. */
  readonly lastPlace?: number | undefined
}

/** Which jobs are counted: all where nothing is set. */
export interface JobFilter {
  readonly batch?: string | undefined
  readonly trigger?: JobTrigger | undefined
}

/** Which ended jobs may be forgotten. */
export interface EndedQuery {
  /** Epoch milliseconds; only jobs that ended before. */
  readonly before: number
  readonly states: readonly JobState[]
  /** At most so many, those that ended first. */
  readonly limit: number
}

/** A small named value. */
export interface Mark {
  readonly name: string
  readonly value: string
}

/** How a run ended, as far as the queue is concerned. */
export type JobEnding =
  | {
      readonly state: 'succeeded'
      readonly outcome: unknown
      readonly predecessorJobId: string | undefined
      /** Something is left to do with the result; the job waits for it in `followUps`. */
      readonly followUp?: boolean
      /** What the result is found by. */
      readonly summary?: JobSummary
    }
  | {
      readonly state: 'unchanged'
      readonly outcome: unknown
      readonly predecessorJobId: string | undefined
      /** The same for the predecessor's result, from its first attempt on. */
      readonly followUp?: boolean
    }
  | { readonly state: 'rejected'; readonly outcome: unknown; readonly error: ErrorRecord }
  | { readonly state: 'failed'; readonly outcome: unknown; readonly error: ErrorRecord }
  | { readonly state: 'cancelled'; readonly error: ErrorRecord }

/** What a worker needs of a queue to claim jobs, renew leases and report outcomes. */
export interface WorkStore {
  /** Takes the oldest work that is due, if there is any, and counts the attempt. */
  claim(owner: string, leaseMilliseconds: number): Promise<Job | undefined>
  /** Renews a lease and returns whether a cancel was requested; throws LEASE_LOST when another worker has it. */
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
   * Puts a job back for another attempt not before the given time, keeping the error as the last one. A
   * free one is not counted: what failed was not the work.
   */
  retryLater(
    jobId: string,
    owner: string,
    error: ErrorRecord,
    notBefore: number,
    isFree?: boolean,
  ): Promise<void>
  /** Hands a claimed job back untouched (graceful shutdown): the attempt is not counted. */
  release(jobId: string, owner: string): Promise<void>
}

/**
 * What is left to do with the results of jobs that have ended (sending them on). It is due from the
 * moment the job ends, in the same transaction, so that none is lost; it has its own attempts, waits
 * and leases and never changes the job's state. A claimed job shows the attempts and the owner of its
 * follow-up. `finish` ends it, keeping the job's outcome where the ending has none; one that was asked
 * for anew meanwhile stays due.
 */
export interface FollowUpStore extends WorkStore {
  /** Replaces the outcome of a job whose follow-up the owner holds. */
  recordOutcome(jobId: string, owner: string, outcome: unknown): Promise<void>
  /** How many jobs wait for theirs or are at it. */
  count(): Promise<number>
}

/**
 * The durable queue: an interface with one contract test (test/queue/job-store-contract.ts), so that
 * another store can stand behind it. Every method is atomic; what it has confirmed survives a power cut.
 * All methods are asynchronous because another store speaks over a network.
 */
export interface JobStore extends WorkStore {
  /**
   * Stores a job and returns it. A study (Orthanc identifier and UID) with a queued, unforced job not yet
   * claimed gets that job back instead of a second one; one whose job is running gets a new queued job
   * behind it, because the running one may already have read the study. A forced request never coalesces with an
   * unforced one, nor one of trigger 'history' or 'backfill' with one of another trigger: it asks more
   * than an event, or waits longer. The job that is returned keeps its own batch.
   */
  enqueue(request: EnqueueRequest): Promise<{ job: Job; created: boolean }>
  /**
   * Takes the oldest due job (queued with notBefore passed, or running with an expired lease) whose
   * study has no other running job with a live lease. Of those that are queued, one of trigger
   * 'history' only when none of a lower rank is due, and one of trigger 'backfill' only when no other
   * is; one whose worker died keeps its old place whatever its trigger, because its study waits for it.
   * Counts the attempt and sets analysisStartedAt at the first one.
   */
  claim(owner: string, leaseMilliseconds: number): Promise<Job | undefined>
  /** Cancels a queued job immediately, asks a running one to stop; throws JOB_NOT_FOUND, JOB_NOT_CANCELLABLE. */
  cancel(jobId: string): Promise<Job>
  /**
   * Keeps what a person says of a result in the place of the answer that was read before, and makes its
   * follow-up due where there is one. Throws ANSWER_REFUSED when the result was replaced, or answered by
   * somebody else, meanwhile.
   */
  answer(
    jobId: string,
    answer: JobAnswer,
    before: JobAnswer | undefined,
    followUp: boolean,
  ): Promise<Job>
  find(jobId: string): Promise<Job | undefined>
  /** Jobs, how many fit in all (0 where not counted), and the place of the last one for the next page. */
  list(query: JobQuery): Promise<JobList>
  countByState(filter?: JobFilter): Promise<Readonly<Record<JobState, number>>>
  /**
   * Creation time of the oldest due queued job, for the age of the queue. Those of a backfill do not
   * count: they wait because they are meant to.
   */
  oldestQueuedAt(): Promise<number | undefined>
  /** The succeeded, not superseded jobs of a study, newest first: what the next result is compared with. */
  currentResults(orthancStudyId: string): Promise<readonly Job[]>
  /**
   * Forgets ended jobs and returns their identifiers, those that ended first. Never forgets what is
   * still needed: a succeeded job that no other superseded (the current result of its study), nor one
   * with a follow-up waiting.
   */
  deleteEnded(query: EndedQuery): Promise<readonly string[]>
  readonly followUps: FollowUpStore
  /** Small named values that must survive a restart (the sweep's place in the archive's changes). */
  readMark(name: string): Promise<string | undefined>
  writeMark(name: string, value: string): Promise<void>
  /**
   * Writes the value if the mark has the expected one (undefined: if there is none) and returns whether
   * it did; of several that try at once one does.
   */
  swapMark(name: string, expected: string | undefined, value: string): Promise<boolean>
  /** Every mark whose name begins with the prefix, by name. */
  listMarks(prefix: string): Promise<readonly Mark[]>
  /** Removes a mark, if it is there. */
  deleteMark(name: string): Promise<void>
  close(): Promise<void>
}
