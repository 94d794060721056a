import type { FastifyRequest } from 'fastify'
import { type Access, findEasiestAccess } from '../access/roles.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may use the route; only admins by default. */
    access?: Access
  }
}

/** Who may use a route; only admins by default. */
export const accessOfConfig = (config: { access?: Access } | undefined): Access =>
  config?.access ?? 'admin'

/**
 * Who may send a request to an address. A method that the address does not support needs the same
 * role as its other methods; an unknown address needs admin, so that nobody can probe for
 * addresses.
 */
export function accessOf(request: FastifyRequest): Access {
  if (!request.is404) return accessOfConfig(request.routeOptions.config)
  const known = request.server.findRoutesAt(request.url)
  return findEasiestAccess(known.map(({ access }) => access)) ?? 'admin'
}
