import type { FastifyRequest } from 'fastify'

const jobId = /^[0-9a-f-]{36}$/

/**
 * The log fields of a request: its route, not its address, which may contain anything, including a
 * patient's name; and the job if the address contains a job's id.
 */
export function describeRequest(request: FastifyRequest) {
  const { method, ip, routeOptions } = request
  const { id } = (request.params ?? {}) as { id?: unknown }
  const known = typeof id === 'string' && jobId.test(id) ? { id } : {}
  return { method, route: routeOptions?.url ?? 'unknown', ...known, remoteAddress: ip }
}
