import type { FastifyReply, FastifyRequest } from 'fastify'
import { HippoError } from '../errors.ts'
import type { HttpApp } from './http-app.ts'
import type { Page, PageFile } from './read-page.ts'

function sendFile(request: FastifyRequest, reply: FastifyReply, file: PageFile) {
  // Cached by the browser but revalidated each time, so that updates take effect immediately.
  reply.headers({ 'cache-control': 'no-cache', etag: file.etag, vary: 'accept-encoding' })
  if (request.headers['if-none-match'] === file.etag) return reply.code(304).send()
  reply.type(file.type)
  const takesGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
  if (!takesGzip) return reply.send(file.body)
  return reply.header('content-encoding', 'gzip').send(file.gzip)
}

/**
 * Serves the operators' page. It is open to all because it contains no data: it asks its reader for
 * a token and gets everything from the API.
 */
export function addPageRoutes(app: HttpApp, page: Page): void {
  const open = { config: { access: 'open' }, logLevel: 'warn', schema: { hide: true } } as const

  app.get('/', open, (request, reply) => {
    reply.header('content-security-policy', page.contentSecurityPolicy)
    return sendFile(request, reply, page.shell)
  })

  app.get('/assets/*', open, (request, reply) => {
    const file = page.assets.get(request.url.split('?')[0] ?? '')
    if (file === undefined) throw new HippoError('NOT_FOUND', 'This address does not exist.')
    return sendFile(request, reply, file)
  })
}
