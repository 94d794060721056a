import type { JobService } from '../queue/job-service.ts'
import type { HttpApp } from './http-app.ts'
import { jobPath } from './job-view.ts'
import { problems } from './problem.ts'
import { acceptedReply, stableStudyBody } from './schemas.ts'

/**
 * POST of the archive's hook: returns as soon as the job is durable, independently of the workers.
 */
export function addStableStudyRoute(app: HttpApp, jobs: JobService): void {
  app.post(
    '/api/v1/stable-studies',
    {
      config: { access: 'hook' },
      schema: {
        operationId: 'announceStableStudy',
        tags: ['hook'],
        summary: 'Reports that a study is complete',
        body: stableStudyBody,
        response: { 202: acceptedReply, ...problems(400, 401, 403, 413, 415, 500, 503) },
      },
    },
    async (request, reply) => {
      const { orthancStudyId, studyInstanceUid, lastUpdate } = request.body
      const { job, created } = await jobs.enqueue({
        orthancStudyId,
        studyInstanceUid,
        trigger: 'hook',
        force: false,
      })
      request.log.info({ jobId: job.id, created, orthancStudyId, lastUpdate }, 'Study announced.')
      return reply
        .code(202)
        .header('location', jobPath(job.id))
        .send({ jobId: job.id, state: job.state })
    },
  )
}
