import { HippoError } from '../errors.ts'
import type { Job, JobAnswer } from '../queue/job.ts'
import type { JobService } from '../queue/job-service.ts'
import type { HttpApp } from './http-app.ts'
import { viewJob } from './job-view.ts'
import { findJob } from './jobs-routes.ts'
import { problems } from './problem.ts'
import { requireResults } from './results-routes.ts'
import { answerBody, jobParams, jobView } from './schemas.ts'

export interface AnswerOptions {
  readonly jobs: JobService
  /** Marks a rejected result in the archive; doing it twice leaves one mark. */
  readonly markRejected: (job: Job, answer: JobAnswer) => Promise<void>
  /** Whether results, and therefore answers, are forwarded. */
  readonly isTold: (job: Job) => boolean
  readonly viewerUrl: string | undefined
  /** Epoch milliseconds. */
  readonly clock: () => number
}

/** The job whose result a job shows: the earlier one if nothing was new. */
async function findResult(jobs: JobService, id: string): Promise<Job> {
  const job = await findJob(jobs, id)
  requireResults(job)
  if (job.state !== 'unchanged' || job.predecessorJobId === undefined) return job
  return findJob(jobs, job.predecessorJobId)
}

function requireOpen({ supersededByJobId, answer }: Job): void {
  if (supersededByJobId !== undefined) {
    throw new HippoError(
      'ANSWER_REFUSED',
      'A newer result has replaced this one. Use the newer one.',
    )
  }
  if (answer?.answer === 'rejected') {
    throw new HippoError(
      'ANSWER_REFUSED',
      'The result was rejected and is marked so in the archive. Make a new result instead.',
    )
  }
}

/** The reader's answer to a result. */
export function addAnswerRoute(app: HttpApp, options: AnswerOptions): void {
  const { jobs, markRejected, isTold, viewerUrl, clock } = options
  app.post(
    '/api/v1/jobs/:id/answer',
    {
      config: { access: 'operator' },
      schema: {
        operationId: 'answerResult',
        tags: ['results'],
        summary: 'Accepts or rejects a result after a person has reviewed it',
        description:
          'A rejection needs a reason and is marked in the archive (Key Object Selection, Rejected for ' +
          'Quality Reasons); it remains until a new result is made. An acceptance can become a rejection.',
        params: jobParams,
        body: answerBody,
        response: {
          200: jobView,
          ...problems(400, 401, 403, 404, 409, 413, 415, 500, 502, 503, 504),
        },
      },
    },
    async (request) => {
      const { answer, reader } = request.body
      const reason = request.body.reason?.trim() || undefined
      request.recordedFacts = { answer, reason, reader }
      if (answer === 'rejected' && reason === undefined) {
        throw new HippoError('REQUEST_INVALID', 'A rejection needs a reason.')
      }
      const job = await findResult(jobs, request.params.id)
      requireOpen(job)
      const given: JobAnswer = { answer, reason, reader, by: request.principal.name, at: clock() }
      if (answer === 'rejected') await markRejected(job, given)
      return viewJob(await jobs.answer(job.id, given, job.answer, isTold(job)), viewerUrl)
    },
  )
}
