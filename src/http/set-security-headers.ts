import type { FastifyRequest } from 'fastify'
import type { HttpApp } from './http-app.ts'

/** Headers for answers that are data: not to be cached, framed, sniffed or run. */
const headers = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const

/** For a page of our own: nothing but what this service serves, and no script or style in the page itself. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' blob: data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** A browser that came by TLS once comes by TLS for the next year. */
const onlyByTls = 'max-age=31536000'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route answers a page or its parts: a browser may run what this service serves. */
    isPage?: boolean
  }
}

function choosePolicy(request: FastifyRequest): object {
  const isPage = request.routeOptions.config?.isPage === true
  return isPage ? { 'content-security-policy': pagePolicy } : {}
}

/**
 * Sets the headers on every answer, before it is decided who may have it; the pages of /docs bring a
 * content security policy of their own.
 */
export function setSecurityHeaders(app: HttpApp): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...headers, ...choosePolicy(request) })
    if (request.protocol === 'https') reply.header('strict-transport-security', onlyByTls)
    reply.header('x-request-id', request.id)
  })
}
