import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { HippoError } from '../errors.ts'
import type { HttpApp } from './http-app.ts'

/** Who may use a route: anyone, the archive's hook, holders of the API token (the default). */
export type Access = 'open' | 'hook' | 'api' | 'docs'

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
  }
}

export interface Tokens {
  readonly apiToken: string
  readonly hookToken: string
}

const digest = (text: string) => createHash('sha256').update(text).digest()

function readCredential(header: string | undefined, access: Access): string | undefined {
  const [scheme, value, more] = (header ?? '').trim().split(/ +/)
  if (value === undefined || more !== undefined) return undefined
  if (scheme?.toLowerCase() === 'bearer') return value
  // A browser cannot send a bearer token with a page's address, but it can ask for a password.
  if (scheme?.toLowerCase() !== 'basic' || access !== 'docs') return undefined
  const text = Buffer.from(value, 'base64').toString()
  return text.slice(text.indexOf(':') + 1)
}

/**
 * Lets only those requests pass whose token is meant for their route. Tokens are compared as digests
 * in constant time. An unknown address needs the API token too, so that nobody can explore.
 */
export function authorizeRequests(app: HttpApp, { apiToken, hookToken }: Tokens): void {
  const apiDigest = digest(apiToken)
  const hookDigest = digest(hookToken)

  app.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    const access = request.routeOptions.config?.access ?? 'api'
    if (access === 'open') return
    const given = digest(readCredential(request.headers.authorization, access) ?? '')
    const isApi = timingSafeEqual(given, apiDigest)
    const isHook = timingSafeEqual(given, hookDigest)
    if (!isApi && !isHook) {
      const scheme = access === 'docs' ? 'Basic' : 'Bearer'
      reply.header('www-authenticate', `${scheme} realm="HippoVolume"`)
      throw new HippoError('UNAUTHORIZED', 'The request carries no valid token.')
    }
    if (access === 'hook' ? !isHook : !isApi) {
      throw new HippoError('FORBIDDEN', 'The token is not meant for this address.')
    }
  })
}
