import { Type } from 'typebox'
import type { HttpApp } from './http-app.ts'
import type { Metrics } from './metrics.ts'
import { problems } from './problem.ts'

/** Measures the response time of every route, and serves all metrics to Prometheus. */
export function addMetricsRoute(app: HttpApp, metrics: Metrics): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown'
    metrics.observeRequest(request.method, route, reply.statusCode, reply.elapsedTime / 1_000)
  })

  app.get(
    '/metrics',
    {
      config: { access: 'reader' },
      logLevel: 'warn',
      schema: {
        operationId: 'readMetrics',
        tags: ['health'],
        summary: 'Metrics in the text format of Prometheus',
        response: {
          200: {
            description: 'Metrics',
            content: { 'text/plain': { schema: Type.String() } },
          },
          ...problems(401, 403, 500),
        },
      },
    },
    async (_request, reply) =>
      reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  )
}
