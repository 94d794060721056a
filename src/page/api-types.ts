// What the page in the browser gets from the API. Types only: nothing of this file is ever loaded.
import type { Static } from 'typebox'
import type { JobNews, QueueNews } from '../http/job-news.ts'
import type { outcomeSchema } from '../http/outcome-schema.ts'
import type { errorRecord, jobListReply, jobView } from '../http/schemas.ts'

export type JobView = Static<typeof jobView>
export type JobList = Static<typeof jobListReply>
export type JobState = JobView['state']
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

export interface Backfill {
  readonly id: string
  readonly createdAt: string
  readonly createdBy: string
  readonly query: {
    readonly from?: string
    readonly to?: string
    readonly descriptions?: readonly string[]
    readonly patientIds?: readonly string[]
  }
  readonly state: 'running' | 'paused' | 'finished' | 'cancelled' | 'failed'
  readonly total?: number
  readonly found: number
  readonly passedOver?: number
  readonly enqueued: number
  readonly ended: number
  readonly counts: Readonly<Record<JobState, number>>
  readonly ratePerMinute: number
  readonly secondsLeft?: number
  readonly error?: ErrorView
}

export interface Models {
  readonly active?: { readonly name: string; readonly version: string }
  readonly shadow?: { readonly name: string; readonly version: string }
  readonly installed: readonly {
    readonly name: string
    readonly version: string
    readonly path?: string
    readonly checked?: boolean
  }[]
  readonly unusable?: readonly { readonly path: string; readonly error: ErrorView }[]
  readonly problem?: ErrorView
}
