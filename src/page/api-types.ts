// What the browser page gets from the API. Types only: the browser never loads this file.
import type { Static } from 'typebox'
import type { backfillView } from '../http/backfill-schema.ts'
import type { JobNews, QueueNews } from '../http/job-news.ts'
import type { modelsReply } from '../http/models-schema.ts'
import type { jobListReply, jobView, resultFacts } from '../http/schemas.ts'
import type { errorRecord } from '../outcome/error-record-schema.ts'
import type { outcomeSchema } from '../outcome/outcome-schema.ts'

export type JobView = Static<typeof jobView>
export type ResultFacts = Static<typeof resultFacts>
export type JobList = Static<typeof jobListReply>
export type JobState = JobView['state']
export type JobTrigger = JobView['trigger']
export type Outcome = Static<typeof outcomeSchema>
export type ErrorView = Static<typeof errorRecord>
export type { JobNews, QueueNews }

export interface Principal {
  readonly name: string
  readonly role: 'hook' | 'reader' | 'operator' | 'admin'
}

export interface HealthCheck {
  readonly name: string
  readonly ok: boolean
  readonly version?: string
  readonly error?: ErrorView
}

export type Backfill = Static<typeof backfillView>
export type Models = Static<typeof modelsReply>
