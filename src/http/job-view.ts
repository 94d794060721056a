import type { Static } from 'typebox'
import type { Job } from '../queue/job.ts'
import type { jobView } from './schemas.ts'

const iso = (milliseconds: number) => new Date(milliseconds).toISOString()

/** Omits undefined members, as JSON does. */
function dropUndefined<T extends object>(value: T) {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> }
}

export const jobPath = (jobId: string) => `/api/v1/jobs/${jobId}`

function viewerLink(base: string, studyInstanceUid: string): string {
  return `${base.replace(/\/+$/, '')}/viewer?StudyInstanceUIDs=${studyInstanceUid}`
}

/** Whether a rejected job made a page with the reason. */
export function hasRejectionPage({ outcome }: Job): boolean {
  const { rejection } = (outcome ?? {}) as { rejection?: { stored: readonly unknown[] } }
  return rejection !== undefined && rejection.stored.length > 0
}

/** A job as the API shows it: times in ISO 8601, other resources as links. */
export function viewJob(job: Job, viewerUrl: string | undefined): Static<typeof jobView> {
  const self = jobPath(job.id)
  const hasResults = job.state === 'succeeded' || job.state === 'unchanged'
  const waitsAgain = job.state === 'queued' && job.attempts > 0
  const pathOf = (jobId: string | undefined) => jobId && jobPath(jobId)
  return dropUndefined({
    id: job.id,
    state: job.state,
    orthancStudyId: job.orthancStudyId,
    studyInstanceUid: job.studyInstanceUid,
    trigger: job.trigger,
    batch: job.batch,
    force: job.force,
    runNumber: job.runNumber,
    createdAt: iso(job.createdAt),
    analysisStartedAt: job.analysisStartedAt === undefined ? undefined : iso(job.analysisStartedAt),
    finishedAt: job.finishedAt === undefined ? undefined : iso(job.finishedAt),
    attempts: job.attempts,
    nextAttemptAt: waitsAgain ? iso(job.notBefore) : undefined,
    cancelRequested: job.cancelRequested,
    answer: job.answer && dropUndefined({ ...job.answer, at: iso(job.answer.at) }),
    superseded: job.supersededByJobId !== undefined,
    error: job.error,
    timings: [...job.timings],
    links: dropUndefined({
      self,
      results: hasResults ? `${self}/results` : undefined,
      report: hasResults || hasRejectionPage(job) ? `${self}/report.png` : undefined,
      predecessor: pathOf(job.predecessorJobId),
      supersededBy: pathOf(job.supersededByJobId),
      viewer: viewerUrl === undefined ? undefined : viewerLink(viewerUrl, job.studyInstanceUid),
    }),
  }) as Static<typeof jobView>
}
