import type { JobService } from '../queue/job-service.ts'
import type { HttpApp } from './http-app.ts'
import { problems } from './problem.ts'
import { describeFacts } from './result-facts.ts'
import { resultFactsQuery, resultFactsReply } from './schemas.ts'

/**
 * Facts about results for lists, separate from the list of jobs, so that the audit trail records
 * who saw which.
 */
export function addResultFactsRoute(app: HttpApp, jobs: JobService): void {
  app.get(
    '/api/v1/results',
    {
      config: { access: 'reader' },
      schema: {
        operationId: 'listResults',
        tags: ['results'],
        summary: 'Study, series, volumes and percentiles of several jobs, abridged',
        description: 'Jobs without a result, and unknown ones, are omitted.',
        querystring: resultFactsQuery,
        response: { 200: resultFactsReply, ...problems(400, 401, 403, 500, 503) },
      },
    },
    async (request) => {
      const { job: ids } = request.query
      request.recordedFacts = { jobs: ids.join(' ') }
      const found = await Promise.all(ids.map((id) => jobs.find(id)))
      return { results: found.flatMap((job) => (job && describeFacts(job)) ?? []) }
    },
  )
}
