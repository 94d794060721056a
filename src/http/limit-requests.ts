import rateLimit from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'
import { HippoError } from '../errors.ts'
import { accessOf } from './access-of.ts'
import type { HttpApp } from './http-app.ts'

/** Requests a minute; undefined for no limit. */
export interface RateLimits {
  /** Per caller (a subject, or a shared token from one address). */
  readonly caller?: number | undefined
  /** Of the hook. */
  readonly hook?: number | undefined
}

export interface Limiter {
  /** Throws TOO_MANY_REQUESTS once an address has sent too many invalid tokens. */
  readonly countFailure: (request: FastifyRequest) => Promise<void>
  /** Counts each request of an identified caller from here on; throws TOO_MANY_REQUESTS. */
  readonly limitCallers: () => void
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Seconds after which a refused caller may retry. */
    retryAfter?: number
  }
}

const minute = 60_000
/** Invalid tokens per address and minute: enough for mistakes, too few to guess. */
const failures = 30
/** Probes are not limited: a 429 would restart a healthy service. */
const isProbe = (request: FastifyRequest) =>
  request.routeOptions.url?.startsWith('/health/') === true

/** Unidentified requests and shared tokens count by address, because many may share a token. */
function nameCaller(request: FastifyRequest): string {
  const { principal, ip } = request
  if (principal === undefined) return `open ${ip}`
  return principal.by === 'oidc' ? `oidc ${principal.name}` : `${principal.name} ${ip}`
}

/** Limits requests and guesses of tokens. Each process has its own counts. */
export async function createLimiter(app: HttpApp, limits: RateLimits): Promise<Limiter> {
  await app.register(rateLimit, { global: false })
  /** By address by default; an IPv6 network counts as one. */
  const create = (max: number | undefined, keyGenerator?: typeof nameCaller) =>
    max === undefined
      ? undefined
      : app.createRateLimit({
          max,
          timeWindow: minute,
          ...(keyGenerator === undefined ? {} : { keyGenerator }),
        })
  const count = {
    failures: create(failures),
    hook: create(limits.hook),
    caller: create(limits.caller, nameCaller),
  }

  async function spend(limiter: keyof typeof count, request: FastifyRequest): Promise<void> {
    const state = await count[limiter]?.(request)
    if (state === undefined || state.isAllowed || !state.isExceeded) return
    request.retryAfter = state.ttlInSeconds
    throw new HippoError('TOO_MANY_REQUESTS', 'Too many requests; please try again later.')
  }

  return {
    countFailure: (request) => spend('failures', request),
    limitCallers: () =>
      app.addHook('onRequest', async (request) => {
        if (isProbe(request)) return
        await spend(accessOf(request) === 'hook' ? 'hook' : 'caller', request)
      }),
  }
}
