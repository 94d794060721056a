import Fastify, { type FastifyBaseLogger } from 'fastify'
import type { Tokens } from '../access/shared-tokens.ts'
import { readPage } from '../page/read-page.ts'
import type { JobService } from '../queue/job-service.ts'
import { answerErrors, sendProblem } from './answer-errors.ts'
import { authorizeRequests } from './authorize-requests.ts'
import { addEventsRoute } from './events-route.ts'
import { addFhirRoute, type DescribeAsFhir } from './fhir-route.ts'
import { addHealthRoutes, type ReadinessCheck } from './health-routes.ts'
import type { HttpApp } from './http-app.ts'
import { addJobsRoutes } from './jobs-routes.ts'
import type { Metrics } from './metrics.ts'
import { addMetricsRoute } from './metrics-route.ts'
import { describeApi } from './openapi.ts'
import { addPageRoutes } from './page-routes.ts'
import { addResultsRoutes, type ReadReport } from './results-routes.ts'
import { setSecurityHeaders } from './set-security-headers.ts'
import { addStableStudyRoute } from './stable-study-route.ts'
import { addStudiesRoute, type FindStudy } from './studies-route.ts'
import { compileValidator } from './validate-request.ts'

/** A pino logger. */
export type HttpLog = FastifyBaseLogger

export interface AppOptions {
  readonly tokens: Tokens
  readonly jobs: JobService
  readonly findStudy: FindStudy
  readonly readReport: ReadReport
  readonly describeAsFhir: DescribeAsFhir
  readonly readiness: readonly ReadinessCheck[]
  readonly metrics: Metrics
  /** Version of the service, for the OpenAPI document. */
  readonly version: string
  /** Base URL of the viewer, for links. */
  readonly viewerUrl?: string | undefined
  /** Makes the identifier of a request, for its log lines and problems. */
  readonly createId: () => string
  /** Silent when absent. */
  readonly log?: HttpLog | undefined
}

const bodyLimit = 64 * 1024
/** Longest time a client may take to send its (small) request. */
const requestTimeout = 30_000

/** The whole REST API on one page, without listening. */
export async function buildApp(options: AppOptions): Promise<HttpApp> {
  const { jobs, viewerUrl } = options
  const app: HttpApp = Fastify({
    bodyLimit,
    requestTimeout,
    // Long identifiers are refused by their schema like all malformed ones, not by the router.
    routerOptions: { maxParamLength: 16 * 1024 },
    genReqId: options.createId,
    frameworkErrors: (error, request, reply) => sendProblem(error, request, reply),
    ...(options.log === undefined ? { logger: false } : { loggerInstance: options.log }),
  })
  app.setValidatorCompiler(compileValidator)
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer))
  app.removeContentTypeParser('text/plain')

  setSecurityHeaders(app)
  authorizeRequests(app, options.tokens)
  answerErrors(app)
  await describeApi(app, options.version)

  addHealthRoutes(app, options.readiness)
  addStableStudyRoute(app, jobs)
  addJobsRoutes(app, jobs, viewerUrl)
  addResultsRoutes(app, jobs, options.readReport, viewerUrl)
  addFhirRoute(app, jobs, options.describeAsFhir)
  addStudiesRoute(app, jobs, options.findStudy, viewerUrl)
  addMetricsRoute(app, options.metrics)
  addEventsRoute(app, { jobs, viewerUrl, version: options.version })
  addPageRoutes(app, readPage())
  return app
}
