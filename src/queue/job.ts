import type { ErrorRecord, Stage } from '../errors.ts'

/**
 * queued -> running -> one of the final states. `unchanged`: the study was checked again and
 * contains nothing new since an earlier result. `rejected`: the study cannot be measured, and the
 * error gives the reason. `failed`: the last attempt failed; can be run again.
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
 * What created the job: Orthanc's hook, the sweep over its changes, a person's request, the
 * comparison with another study of the same patient, or a backfill of older studies.
 */
export const jobTriggers = ['hook', 'sweep', 'request', 'history', 'backfill'] as const
export type JobTrigger = (typeof jobTriggers)[number]

/** Which jobs are claimed first: those of a lower rank, and among equals the oldest. */
export function rankTrigger(trigger: JobTrigger): number {
  if (trigger === 'backfill') return 2
  return trigger === 'history' ? 1 : 0
}

/** Whether the study was requested explicitly; events only check for new images. */
export function isAskedFor({ trigger }: { readonly trigger: JobTrigger }): boolean {
  return trigger === 'request' || trigger === 'history'
}

/**
 * Whether the job should renew the study's result, because an earlier study of the patient arrived
 * after it.
 */
export function isRenewal({ trigger, force }: Pick<Job, 'trigger' | 'force'>): boolean {
  return trigger === 'history' && force
}

export interface StageTiming {
  readonly stage: Stage
  readonly milliseconds: number
}

/** The reader's answer to a result. */
export interface JobAnswer {
  readonly answer: 'accepted' | 'rejected'
  /** The reason; always present for a rejection. */
  readonly reason?: string | undefined
  /** The reader, as named with the answer. */
  readonly reader?: string | undefined
  /** Who gave the answer: name of the token's role, or the subject of an access token. */
  readonly by: string
  /** Epoch milliseconds. */
  readonly at: number
}

/** Fields by which lists of results are searched and sorted. */
export interface JobSummary {
  /** DICOM DA. */
  readonly studyDate?: string | undefined
  readonly accessionNumber?: string | undefined
  /** The lowest percentile of the whole hippocampi. */
  readonly lowestPercentile?: number | undefined
  /** Whether it is below the alarm percentile. */
  readonly isAlarm?: boolean | undefined
}

/** One durable piece of work: check a study and measure it if there is something new. */
export interface Job<Outcome = unknown> {
  readonly id: string
  readonly orthancStudyId: string
  readonly studyInstanceUid: string
  readonly trigger: JobTrigger
  /** The backfill that created the job. */
  readonly batch: string | undefined
  /** A forced run makes a new, linked result even if nothing changed. */
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
  /** The findings and stored instances as plain JSON; outcome/ defines its shape. */
  readonly outcome: Outcome | undefined
  /** The reader's answer; undefined until there is one. */
  readonly answer?: JobAnswer | undefined
  /** The job whose result this one replaces, and the job that replaced this one. */
  readonly predecessorJobId: string | undefined
  readonly supersededByJobId: string | undefined
}

/** States that a job stays in. */
export const finalStates: readonly JobState[] = jobStates.filter(
  (state) => state !== 'queued' && state !== 'running',
)
