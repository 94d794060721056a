import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ReadAccessToken } from '../access/access-tokens.ts'
import type { Access, Principal } from '../access/roles.ts'
import { readSharedTokens, type Tokens } from '../access/shared-tokens.ts'
import { HippoError } from '../errors.ts'
import { accessOf } from './access-of.ts'
import type { HttpApp } from './http-app.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller. Set on every route that is not open. */
    principal: Principal
  }
}

export interface Identification {
  readonly tokens: Tokens
  /** Absent where no issuer of access tokens is configured. */
  readonly readAccessToken?: ReadAccessToken | undefined
}

function readCredential(header: string | undefined, access: Access): string | undefined {
  const [scheme, value, more] = (header ?? '').trim().split(/ +/)
  if (value === undefined || more !== undefined) return undefined
  if (scheme?.toLowerCase() === 'bearer') return value
  if (scheme?.toLowerCase() !== 'basic' || access !== 'docs') return undefined
  const text = Buffer.from(value, 'base64').toString()
  return text.slice(text.indexOf(':') + 1)
}

/**
 * Identifies the caller on every route that is not open; throws UNAUTHORIZED if it cannot be
 * identified.
 * @param countFailure called for every request without a valid token; throws after too many
 */
export function identifyCallers(
  app: HttpApp,
  { tokens, readAccessToken }: Identification,
  countFailure: (request: FastifyRequest) => Promise<void>,
): void {
  const findHolder = readSharedTokens(tokens)

  async function identify(credential: string | undefined): Promise<Principal> {
    const known = credential === undefined ? undefined : findHolder(credential)
    const principal = known ?? (await readAccessToken?.(credential ?? ''))
    if (principal !== undefined) return principal
    throw new HippoError('UNAUTHORIZED', 'The request has no valid token.')
  }

  app.decorateRequest('principal')
  app.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    const access = accessOf(request)
    if (access === 'open') return
    const credential = readCredential(request.headers.authorization, access)
    try {
      request.principal = await identify(credential)
    } catch (error) {
      if (!(error instanceof HippoError) || error.code !== 'UNAUTHORIZED') throw error
      await countFailure(request)
      const scheme = access === 'docs' ? 'Basic' : 'Bearer'
      const fault = credential === undefined || scheme === 'Basic' ? '' : ', error="invalid_token"'
      reply.header('www-authenticate', `${scheme} realm="HippoVolume"${fault}`)
      throw error
    }
  })
}
