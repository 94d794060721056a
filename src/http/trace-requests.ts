import type { FastifyReply, FastifyRequest } from 'fastify'
import { noTracing, type OpenSpan, type Tracing } from '../telemetry/tracing.ts'
import type { HttpApp } from './http-app.ts'

/**
 * Makes a span of every request, named by its route's pattern, without address, query or body.
 * Registered before all other hooks, so that it includes them.
 */
export function traceRequests(app: HttpApp, tracing: Tracing): void {
  if (tracing === noTracing) return
  const spans = new WeakMap<FastifyRequest, OpenSpan>()

  app.addHook('onRequest', (request: FastifyRequest, _reply: FastifyReply, done: () => void) => {
    const route = request.routeOptions.url ?? 'unknown'
    const facts = {
      'http.request.method': request.method,
      'http.route': route,
      'hippovolume.request.id': request.id,
    }
    const parent = request.headers.traceparent
    const span = tracing.start(`${request.method} ${route}`, facts, {
      kind: 'server',
      parent: typeof parent === 'string' ? parent : undefined,
    })
    spans.set(request, span)
    span.within(done)
  })

  // Reading a body leaves the span's context; restore it for what follows.
  app.addHook(
    'preValidation',
    (request: FastifyRequest, _reply: FastifyReply, done: () => void) => {
      const span = spans.get(request)
      if (span === undefined) done()
      else span.within(done)
    },
  )

  app.addHook('onResponse', async (request: FastifyRequest, reply: FastifyReply) => {
    const status = reply.statusCode
    const facts = { 'http.response.status_code': status }
    spans.get(request)?.end(facts, status >= 500 ? String(status) : undefined)
  })
}
