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

/** After one TLS connection, browsers use TLS for the next year. */
const onlyByTls = 'max-age=31536000'

/**
 * Sets the headers on every response, before authorization; /docs and the operators' page have
 * their own content security policies.
 */
export function setSecurityHeaders(app: HttpApp): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders)
    if (request.protocol === 'https') reply.header('strict-transport-security', onlyByTls)
    reply.header('x-request-id', request.id)
  })
}
