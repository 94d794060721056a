import type { FastifyRequest } from 'fastify'
import type { Access } from '../access/roles.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whom the route lets in; only admins when it does not say. */
    access?: Access
  }
}

/** Whom a route lets in. What says nothing, and an unknown address, is the admin's: nobody can explore. */
export const accessOfConfig = (config: { access?: Access } | undefined): Access =>
  config?.access ?? 'admin'

export const accessOf = (request: FastifyRequest): Access =>
  accessOfConfig(request.routeOptions.config)
