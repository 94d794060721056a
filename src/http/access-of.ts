import type { FastifyRequest } from 'fastify'
import { type Access, findEasiestAccess } from '../access/roles.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whom the route lets in; only admins when it does not say. */
    access?: Access
  }
}

/** Whom a route lets in. What says nothing is the admin's. */
export const accessOfConfig = (config: { access?: Access } | undefined): Access =>
  config?.access ?? 'admin'

/**
 * Whom a request's address lets in. One with a method that its address does not know is let in to be
 * told so as it would be with another; an unknown address is the admin's, so that nobody can explore.
 */
export function accessOf(request: FastifyRequest): Access {
  if (!request.is404) return accessOfConfig(request.routeOptions.config)
  const known = request.server.findRoutesAt(request.url)
  return findEasiestAccess(known.map(({ access }) => access)) ?? 'admin'
}
