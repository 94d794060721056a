import { HippoError } from '../errors.ts'
import type { Job } from '../queue/job.ts'
import type { JobService } from '../queue/job-service.ts'
import type { HttpApp } from './http-app.ts'
import { viewJob } from './job-view.ts'
import { problems } from './problem.ts'
import { jobListReply, jobParams, jobView, listQuery } from './schemas.ts'

/** The job of an id; throws JOB_NOT_FOUND. */
export async function findJob(jobs: JobService, id: string): Promise<Job> {
  const job = await jobs.find(id)
  if (job === undefined) {
    throw new HippoError('JOB_NOT_FOUND', 'There is no job with this identifier.')
  }
  return job
}

/** Lists, reads and cancels jobs. */
export function addJobsRoutes(app: HttpApp, jobs: JobService, viewerUrl: string | undefined): void {
  app.get(
    '/api/v1/jobs',
    {
      config: { access: 'reader' },
      schema: {
        operationId: 'listJobs',
        tags: ['jobs'],
        summary: 'Jobs, newest first',
        querystring: listQuery,
        response: { 200: jobListReply, ...problems(400, 401, 403, 500, 503) },
      },
    },
    async (request) => {
      const { query } = request
      const { state, study, trigger, batch, limit, offset, order } = query
      const byUid = study?.includes('.') === true
      const isAlarm = query.alarm === 'true'
      const isUnanswered = query.unanswered === 'true'
      const isOfResults = isAlarm || isUnanswered || order === 'percentile'
      // A filter by percentile reveals part of a result.
      if (isOfResults) request.showsResults = true
      const { jobs: page, total } = await jobs.list({
        states: state ?? (isOfResults ? ['succeeded'] : undefined),
        ...(isOfResults && { isCurrent: true, isAlarm, isUnanswered, order }),
        accessionNumber: query.accession,
        studyDateFrom: query.studyDateFrom,
        studyDateTo: query.studyDateTo,
        orthancStudyId: byUid ? undefined : study,
        studyInstanceUid: byUid ? study : undefined,
        triggers: trigger,
        batch,
        limit,
        offset,
      })
      return { jobs: page.map((job) => viewJob(job, viewerUrl)), total, limit, offset }
    },
  )

  app.get(
    '/api/v1/jobs/:id',
    {
      config: { access: 'reader' },
      schema: {
        operationId: 'readJob',
        tags: ['jobs'],
        summary: 'One job',
        params: jobParams,
        response: { 200: jobView, ...problems(400, 401, 403, 404, 500, 503) },
      },
    },
    async ({ params }) => viewJob(await findJob(jobs, params.id), viewerUrl),
  )

  app.post(
    '/api/v1/jobs/:id/cancel',
    {
      config: { access: 'operator' },
      schema: {
        operationId: 'cancelJob',
        tags: ['jobs'],
        summary: 'Cancels a queued job immediately and asks a running one to stop',
        params: jobParams,
        response: { 202: jobView, ...problems(400, 401, 403, 404, 409, 413, 415, 500, 503) },
      },
    },
    async ({ params }, reply) =>
      reply.code(202).send(viewJob(await jobs.cancel(params.id), viewerUrl)),
  )
}
