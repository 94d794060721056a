import type { ErrorRecord, Stage } from '../errors.ts'

/**
 * queued -> running -> one of the final states. `unchanged`: the study was looked at again and holds
 * nothing new since an earlier result. `rejected`: the study cannot be measured, and the error says why.
 * `failed`: the last attempt failed; can be run again.
 */
export const jobStates = [
  'queued',
  'running',
  'succeeded',
  'unchanged',
  'rejected',
  'failed',
  'cancelled',
] as const
export type JobState = (typeof jobStates)[number]

/**
 * What made the job: Orthanc's hook, the sweep over its changes, a person's request, a later study of
 * the same patient that is to be compared with this one, or a backfill of the archive's past.
 */
export const jobTriggers = ['hook', 'sweep', 'request', 'history', 'backfill'] as const
export type JobTrigger = (typeof jobTriggers)[number]

/** Which jobs are claimed first: those of a lower rank, and among equals the oldest. */
export function rankTrigger(trigger: JobTrigger): number {
  if (trigger === 'backfill') return 2
  return trigger === 'history' ? 1 : 0
}

/** Whether the study was asked for by itself: events only ask whether something is new in it. */
export function isAskedFor({ trigger }: { readonly trigger: JobTrigger }): boolean {
  return trigger === 'request' || trigger === 'history'
}

/**
 * Whether the job is to renew the study's result, because an earlier study of the patient arrived after it:
 * only if it then says more.
 */
export function isRenewal({ trigger, force }: Pick<Job, 'trigger' | 'force'>): boolean {
  return trigger === 'history' && force
}

export interface StageTiming {
  readonly stage: Stage
  readonly milliseconds: number
}

/** What a person who looked at a result says of it. */
export interface JobAnswer {
  readonly answer: 'accepted' | 'rejected'
  /** Why; always there for a rejection. */
  readonly reason?: string | undefined
  /** Who looked, as they were named with the answer. */
  readonly reader?: string | undefined
  /** Who gave the answer: name of the token's role, or the subject of an access token. */
  readonly by: string
  /** Epoch milliseconds. */
  readonly at: number
}

/** What lists of results are searched and sorted by. */
export interface JobSummary {
  /** DICOM DA. */
  readonly studyDate?: string | undefined
  readonly accessionNumber?: string | undefined
  /** The lowest percentile of the whole hippocampi. */
  readonly lowestPercentile?: number | undefined
  /** Whether it lies under the percentile that a volume is called small by. */
  readonly isAlarm?: boolean | undefined
}

/** One durable piece of work: look at a study and, if there is something new to measure, measure it. */
export interface Job<Outcome = unknown> {
  readonly id: string
  readonly orthancStudyId: string
  readonly studyInstanceUid: string
  readonly trigger: JobTrigger
  /** The backfill that created the job. */
  readonly batch: string | undefined
  /** A forced run makes a new, linked result although nothing changed. */
  readonly force: boolean
  /** 0 for the first result of some content; counts forced runs. Assigned when the result is made. */
  readonly runNumber: number
  readonly state: JobState
  /** Times are epoch milliseconds. */
  readonly createdAt: number
  /** Start of the first attempt: the time written into results, kept over retries. */
  readonly analysisStartedAt: number | undefined
  readonly finishedAt: number | undefined
  readonly attempts: number
  readonly notBefore: number
  readonly leaseOwner: string | undefined
  readonly leaseExpiresAt: number | undefined
  readonly cancelRequested: boolean
  readonly error: ErrorRecord | undefined
  readonly timings: readonly StageTiming[]
  /** What the run found and stored, as plain JSON; its shape belongs to outcome/. */
  readonly outcome: Outcome | undefined
  /** What a person says of the result; undefined until somebody does. */
  readonly answer?: JobAnswer | undefined
  /** Job whose result this one replaces, and the job that replaced this one. */
  readonly predecessorJobId: string | undefined
  readonly supersededByJobId: string | undefined
}

/** States that a job stays in. */
export const finalStates: readonly JobState[] = jobStates.filter(
  (state) => state !== 'queued' && state !== 'running',
)
