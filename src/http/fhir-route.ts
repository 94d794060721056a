import { Type } from 'typebox'
import { HippoError } from '../errors.ts'
import type { Job } from '../queue/job.ts'
import type { JobService } from '../queue/job-service.ts'
import type { HttpApp } from './http-app.ts'
import { findJob } from './jobs-routes.ts'
import { problems } from './problem.ts'
import { requireResults } from './results-routes.ts'
import { jobParams } from './schemas.ts'

/**
 * A job's result as a FHIR R4 bundle; undefined if it has none. The address is the one at which the
 * caller reached this service.
 */
export type DescribeAsFhir = (job: Job, address: string) => Promise<object | undefined>

/** The result of a job for electronic records: DiagnosticReport and Observations of FHIR R4. */
export function addFhirRoute(app: HttpApp, jobs: JobService, describe: DescribeAsFhir): void {
  app.get(
    '/api/v1/jobs/:id/fhir',
    {
      config: { access: 'reader' },
      schema: {
        operationId: 'readFhir',
        tags: ['results'],
        summary: 'The result as a FHIR R4 Bundle',
        description:
          'A DiagnosticReport with coded Observations in UCUM units. Patient and order are identified by ' +
          'patient ID and accession number, read from the archive; it contains no name or birth date.',
        params: jobParams,
        response: {
          200: {
            description: 'Bundle',
            content: {
              'application/fhir+json': { schema: Type.Object({}, { additionalProperties: true }) },
            },
          },
          ...problems(400, 401, 403, 404, 409, 500, 502, 503, 504),
        },
      },
    },
    async ({ params, protocol, host }, reply) => {
      const job = await findJob(jobs, params.id)
      requireResults(job)
      const bundle = await describe(job, `${protocol}://${host}`)
      if (bundle === undefined) throw new HippoError('NOT_FOUND', 'The job has no result.')
      return reply.type('application/fhir+json').send(bundle as never)
    },
  )
}
