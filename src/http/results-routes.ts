import { Type } from 'typebox'
import { HippoError, recordError } from '../errors.ts'
import type { Job } from '../queue/job.ts'
import type { JobService } from '../queue/job-service.ts'
import type { HttpApp } from './http-app.ts'
import { hasRejectionPage, viewJob } from './job-view.ts'
import { findJob } from './jobs-routes.ts'
import { ProblemError, problems } from './problem.ts'
import { jobParams, resultsReply } from './schemas.ts'

/**
 * The page of a job as PNG, marked if a newer result replaced it; undefined if it is not stored.
 */
export type ReadReport = (jobId: string) => Promise<Uint8Array | undefined>

/** Throws the 409 for a job without results: its own error, with the findings. */
export function requireResults(job: Job): void {
  if (job.state === 'succeeded' || job.state === 'unchanged') return
  if (job.state === 'queued' || job.state === 'running') {
    throw new HippoError('RESULTS_NOT_READY', `The job is ${job.state}; it has no results yet.`)
  }
  const error = new HippoError('JOB_CANCELLED', 'The job ended without results.')
  throw new ProblemError(409, job.error ?? recordError(error), {
    jobState: job.state,
    outcome: job.outcome,
  })
}

/** A job that found nothing new shows the forwarding of the current result. */
async function addForwarded(jobs: JobService, job: Job): Promise<unknown> {
  if (job.state !== 'unchanged' || job.predecessorJobId === undefined) return job.outcome
  const predecessor = await jobs.find(job.predecessorJobId)
  const { forwarded } = (predecessor?.outcome ?? {}) as { forwarded?: unknown }
  return forwarded === undefined ? job.outcome : { ...(job.outcome as object), forwarded }
}

/** The findings of a job as JSON and as the page. */
export function addResultsRoutes(
  app: HttpApp,
  jobs: JobService,
  readReport: ReadReport,
  viewerUrl: string | undefined,
): void {
  app.get(
    '/api/v1/jobs/:id/results',
    {
      config: { access: 'reader' },
      schema: {
        operationId: 'readResults',
        tags: ['results'],
        summary: 'Volumes, verdicts on every series, and what was stored in the archive',
        description:
          'For a job that was rejected or failed: 409 with the code and sentence of its error ' +
          'and, where known, the outcome so far.',
        params: jobParams,
        response: { 200: resultsReply, ...problems(400, 401, 403, 404, 409, 500, 503) },
      },
    },
    async ({ params }) => {
      const job = await findJob(jobs, params.id)
      requireResults(job)
      const outcome = await addForwarded(jobs, job)
      return { job: viewJob(job, viewerUrl), outcome: outcome as never }
    },
  )

  app.get(
    '/api/v1/jobs/:id/report.png',
    {
      config: { access: 'reader' },
      schema: {
        operationId: 'readReport',
        tags: ['results'],
        summary: 'The report page',
        description:
          'For a job that found nothing new: the page of the result that is still current. For a job that ' +
          'selected a series and rejected it: the page with the reason.',
        params: jobParams,
        response: {
          200: {
            description: 'PNG',
            content: { 'image/png': { schema: Type.Unsafe<Buffer>({ type: 'string' }) } },
          },
          ...problems(400, 401, 403, 404, 409, 500, 502, 503, 504),
        },
      },
    },
    async ({ params }, reply) => {
      const job = await findJob(jobs, params.id)
      // A rejected job may have a page with the reason.
      if (!hasRejectionPage(job)) requireResults(job)
      const source = job.state === 'unchanged' ? (job.predecessorJobId ?? job.id) : job.id
      const png = await readReport(source)
      if (png === undefined) {
        throw new HippoError('NOT_FOUND', 'The page of this job is not stored on this machine.')
      }
      return reply.type('image/png').send(Buffer.from(png.buffer, png.byteOffset, png.byteLength))
    },
  )
}
