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

/** Sets the headers on every answer; the pages of /docs bring a content security policy of their own. */
export function setSecurityHeaders(app: HttpApp): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headers)
    reply.header('x-request-id', request.id)
  })
}
