import type { JobService } from '../queue/job-service.ts'
import type { HttpApp } from './http-app.ts'
import { jobPath } from './job-view.ts'
import { problems } from './problem.ts'
import { acceptedReply, stableStudyBody } from './schemas.ts'

/** Notes on the study that its job is stored. Rejects where the archive does not let us. */
export type NoteAnnouncement = (orthancStudyId: string, jobId: string) => Promise<void>

/** POST of the archive's hook: returns as soon as the job is durable, whatever the workers do. */
export function addStableStudyRoute(
  app: HttpApp,
  jobs: JobService,
  noteAnnouncement: NoteAnnouncement,
): void {
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
      const { orthancStudyId, studyInstanceUid, lastUpdate, noteOnStudy } = request.body
      const { job, created } = await jobs.enqueue({
        orthancStudyId,
        studyInstanceUid,
        trigger: 'hook',
        force: false,
      })
      request.log.info({ jobId: job.id, created, orthancStudyId, lastUpdate }, 'Study announced.')
      if (noteOnStudy) {
        // Orthanc waits for the answer, so this must not hold it up.
        noteAnnouncement(orthancStudyId, job.id).catch((err: unknown) =>
          request.log.warn({ err, orthancStudyId }, 'The job could not be noted on the study.'),
        )
      }
      return reply
        .code(202)
        .header('location', jobPath(job.id))
        .send({ jobId: job.id, state: job.state })
    },
  )
}
