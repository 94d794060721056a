import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Access, mayUse, type Principal } from '../access/roles.ts'
import { readSharedTokens, type Tokens } from '../access/shared-tokens.ts'
import { HippoError } from '../errors.ts'
import type { HttpApp } from './http-app.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whom the route lets in; only admins when it does not say. */
    access?: Access
  }
  interface FastifyRequest {
    /** Who asks. Set on every route that is not open. */
    principal: Principal
  }
}

export const defaultAccess: Access = 'admin'

function readCredential(header: string | undefined, access: Access): string | undefined {
  const [scheme, value, more] = (header ?? '').trim().split(/ +/)
  if (value === undefined || more !== undefined) return undefined
  if (scheme?.toLowerCase() === 'bearer') return value
  if (scheme?.toLowerCase() !== 'basic' || access !== 'docs') return undefined
  const text = Buffer.from(value, 'base64').toString()
  return text.slice(text.indexOf(':') + 1)
}

/**
 * Lets only those requests pass whose token carries the role that their route asks for. An unknown
 * address asks for the admin's, so that nobody can explore.
 */
export function authorizeRequests(app: HttpApp, tokens: Tokens): void {
  const findHolder = readSharedTokens(tokens)

  app.decorateRequest('principal')
  app.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    const access = request.routeOptions.config?.access ?? defaultAccess
    if (access === 'open') return
    const credential = readCredential(request.headers.authorization, access)
    const principal = credential === undefined ? undefined : findHolder(credential)
    if (principal === undefined) {
      const scheme = access === 'docs' ? 'Basic' : 'Bearer'
      reply.header('www-authenticate', `${scheme} realm="HippoVolume"`)
      throw new HippoError('UNAUTHORIZED', 'The request carries no valid token.')
    }
    request.principal = principal
    if (!mayUse(principal.role, access)) {
      throw new HippoError('FORBIDDEN', 'The token is not meant for this address.')
    }
  })
}
