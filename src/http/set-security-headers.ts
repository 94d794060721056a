import type { HttpApp } from './http-app.ts'

/** Headers for data responses: not to be cached, framed, sniffed or executed. */
export const securityHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const

/** A browser that came by TLS once comes by TLS for the next year. */
const onlyByTls = 'max-age=31536000'

/**
 * Sets the headers on every answer, before it is decided who may have it; the pages of /docs and the operators' page
 * bring a content security policy of their own.
 */
export function setSecurityHeaders(app: HttpApp): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders)
    if (request.protocol === 'https') reply.header('strict-transport-security', onlyByTls)
    reply.header('x-request-id', request.id)
  })
}
