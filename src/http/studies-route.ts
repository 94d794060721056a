import { HippoError } from '../errors.ts'
import type { JobService } from '../queue/job-service.ts'
import type { HttpApp } from './http-app.ts'
import { jobPath, viewJob } from './job-view.ts'
import { problems } from './problem.ts'
import { jobView, runBody, studyParams } from './schemas.ts'

/** Looks up a study in the archive by its Orthanc identifier or StudyInstanceUID. */
export type FindStudy = (
  id: string,
) => Promise<{ orthancStudyId: string; studyInstanceUid: string } | undefined>

/** A person's request to analyse a study again. */
export function addStudiesRoute(
  app: HttpApp,
  jobs: JobService,
  findStudy: FindStudy,
  viewerUrl: string | undefined,
): void {
  app.post(
    '/api/v1/studies/:id/runs',
    {
      config: { access: 'operator' },
      schema: {
        operationId: 'runStudy',
        tags: ['studies'],
        summary: 'Analyses a study again; with force, creates a new linked result',
        description: 'The body may be omitted.',
        params: studyParams,
        body: runBody,
        response: {
          202: jobView,
          ...problems(400, 401, 403, 404, 409, 413, 415, 500, 502, 503, 504),
        },
      },
      preValidation: async (request) => {
        // An omitted body is not null: null was sent and is not an object.
        if (request.body === undefined) request.body = {}
      },
    },
    async ({ params, body }, reply) => {
      const study = await findStudy(params.id)
      if (study === undefined) {
        throw new HippoError(
          'STUDY_NOT_FOUND',
          'The archive contains no study with this identifier.',
        )
      }
      const { job } = await jobs.enqueue({
        orthancStudyId: study.orthancStudyId,
        studyInstanceUid: study.studyInstanceUid,
        trigger: 'request',
        force: body.force ?? false,
      })
      return reply.code(202).header('location', jobPath(job.id)).send(viewJob(job, viewerUrl))
    },
  )
}
