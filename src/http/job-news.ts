import type { Static } from 'typebox'
import type { ErrorRecord } from '../errors.ts'
import type { JobState } from '../queue/job.ts'
import type { jobView } from './schemas.ts'

/** Number of jobs by state, and creation time (ISO 8601) of the oldest due job. */
export interface QueueNews {
  readonly counts: Readonly<Record<JobState, number>>
  readonly oldestQueuedAt?: string | undefined
}

/** Events of the live feed: each contains only what changed since the one before. */
export type JobNews =
  | { readonly event: 'queue'; readonly data: QueueNews }
  | { readonly event: 'jobs'; readonly data: { readonly jobs: readonly Static<typeof jobView>[] } }
  | { readonly event: 'trouble'; readonly data: ErrorRecord }
