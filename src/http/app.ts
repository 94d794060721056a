import Fastify, { type FastifyBaseLogger } from 'fastify'
import type { ReadAccessToken } from '../access/access-tokens.ts'
import type { Tokens } from '../access/shared-tokens.ts'
import type { AuditTrail } from '../audit/audit-entry.ts'
import type { BackfillService } from '../backfill/backfill-service.ts'
import type { ModelService } from '../models/model-service.ts'
import type { JobService } from '../queue/job-service.ts'
import { noTracing, type Tracing } from '../telemetry/tracing.ts'
import { answerErrors, sendProblem } from './answer-errors.ts'
import { type AnswerOptions, addAnswerRoute } from './answer-route.ts'
import { addAuditRoute } from './audit-route.ts'
import { authorizeRequests } from './authorize-requests.ts'
import { addBackfillsRoutes } from './backfills-routes.ts'
import { answerBrokenRequest, routableUrl } from './broken-requests.ts'
import { describeRequest } from './describe-request.ts'
import { documentAccess } from './document-access.ts'
import { addEventsRoute } from './events-route.ts'
import { addExportRoute, type ExportCsv } from './export-route.ts'
import { addFhirRoute, type DescribeAsFhir } from './fhir-route.ts'
import { addHealthRoutes } from './health-routes.ts'
import type { HttpApp } from './http-app.ts'
import { identifyCallers } from './identify-callers.ts'
import { addJobsRoutes } from './jobs-routes.ts'
import { rememberRoutes } from './known-routes.ts'
import { createLimiter, type RateLimits } from './limit-requests.ts'
import type { Metrics } from './metrics.ts'
import { addMetricsRoute } from './metrics-route.ts'
import { addModelsRoutes } from './models-routes.ts'
import { nameJobInLog } from './name-job-in-log.ts'
import { describeApi } from './openapi.ts'
import { addPageRoutes } from './page-routes.ts'
import { readPage } from './read-page.ts'
import { exportReadiness, type ReadinessCheck, shareChecks } from './readiness.ts'
import { recordRequests } from './record-requests.ts'
import { addResultFactsRoute } from './result-facts-route.ts'
import { addResultsRoutes, type ReadReport } from './results-routes.ts'
import { securityHeaders, setSecurityHeaders } from './set-security-headers.ts'
import { addStableStudyRoute, type NoteAnnouncement } from './stable-study-route.ts'
import { addStudiesRoute, type FindStudy } from './studies-route.ts'
import { traceRequests } from './trace-requests.ts'
import { compileValidator } from './validate-request.ts'

/** A pino logger. */
export type HttpLog = FastifyBaseLogger

export interface AppOptions extends Pick<AnswerOptions, 'markRejected' | 'isTold' | 'clock'> {
  readonly tokens: Tokens
  /** Absent where no issuer of access tokens is configured. */
  readonly readAccessToken?: ReadAccessToken | undefined
  readonly audit: AuditTrail
  readonly limits?: RateLimits | undefined
  /** PEM texts; without them it speaks plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined
  /** Addresses and networks of trusted proxies (X-Forwarded-For and -Proto). */
  readonly trustedProxies?: readonly string[] | undefined
  readonly jobs: JobService
  readonly findStudy: FindStudy
  readonly noteAnnouncement: NoteAnnouncement
  readonly readReport: ReadReport
  readonly describeAsFhir: DescribeAsFhir
  readonly backfills: BackfillService
  readonly exportCsv: ExportCsv
  readonly readiness: readonly ReadinessCheck[]
  readonly metrics: Metrics
  readonly models: ModelService
  readonly tracing?: Tracing | undefined
  /** Version of the service, for the OpenAPI document. */
  readonly version: string
  /** Base URL of the viewer, for links. */
  readonly viewerUrl: string | undefined
  /** Makes the identifier of a request, for its log lines and problems. */
  readonly createId: () => string
  /** Silent when absent. */
  readonly log?: HttpLog | undefined
}

const bodyLimit = 64 * 1024
/** Longest time a client may take to send its (small) request. */
const requestTimeout = 30_000

/** Builds the whole REST API without listening. */
export async function buildApp(options: AppOptions): Promise<HttpApp> {
  const { jobs, viewerUrl } = options
  const app: HttpApp = Fastify({
    bodyLimit,
    requestTimeout,
    // Long identifiers are rejected by their schema like all malformed ones, not by the router.
    routerOptions: { maxParamLength: 16 * 1024 },
    genReqId: options.createId,
    rewriteUrl: ({ url }) => routableUrl(url ?? '/'),
    // Errors before the hooks need the same headers.
    frameworkErrors: (error, request, reply) =>
      sendProblem(error, request, reply.headers(securityHeaders)),
    clientErrorHandler: answerBrokenRequest,
    // An idle keep-alive connection must not delay the shutdown.
    forceCloseConnections: 'idle',
    trustProxy: options.trustedProxies?.length ? [...options.trustedProxies] : false,
    ...(options.log === undefined
      ? { logger: false }
      : { loggerInstance: options.log.child({}, { serializers: { req: describeRequest } }) }),
    ...(options.tls === undefined ? {} : { https: { ...options.tls, minVersion: 'TLSv1.2' } }),
  }) as HttpApp
  app.setValidatorCompiler(compileValidator)
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer))
  app.removeContentTypeParser('text/plain')

  traceRequests(app, options.tracing ?? noTracing)
  nameJobInLog(app)
  setSecurityHeaders(app)
  rememberRoutes(app)
  answerErrors(app)
  const limiter = await createLimiter(app, options.limits ?? {})
  identifyCallers(app, options, limiter.countFailure)
  limiter.limitCallers()
  authorizeRequests(app)
  recordRequests(app, options.audit, jobs)
  documentAccess(app)
  await describeApi(app, options.version)

  const checkAll = shareChecks(options.readiness)
  addHealthRoutes(app, checkAll)
  exportReadiness(options.metrics.registry, checkAll)
  addStableStudyRoute(app, jobs, options.noteAnnouncement)
  addJobsRoutes(app, jobs, viewerUrl)
  addResultsRoutes(app, jobs, options.readReport, viewerUrl)
  addResultFactsRoute(app, jobs)
  addAnswerRoute(app, options)
  addFhirRoute(app, jobs, options.describeAsFhir)
  addStudiesRoute(app, jobs, options.findStudy, viewerUrl)
  addBackfillsRoutes(app, options.backfills)
  addExportRoute(app, options.exportCsv, options.backfills)
  addModelsRoutes(app, options.models)
  addMetricsRoute(app, options.metrics)
  addEventsRoute(app, { jobs, viewerUrl, version: options.version })
  addPageRoutes(app, readPage())
  addAuditRoute(app, options.audit)
  return app
}
