import type { FastifyRequest } from 'fastify'

const jobId = /^[0-9a-f-]{36}$/

/**
 * What the log says of a request: its route, not its address, into which anyone can write anything,
 * a patient's name included; and the job where the address holds what can be a job's id.
 */
export function describeRequest(request: FastifyRequest) {
  const { method, ip, routeOptions } = request
  const { id } = (request.params ?? {}) as { id?: unknown }
  const known = typeof id === 'string' && jobId.test(id) ? { id } : {}
  return { method, route: routeOptions?.url ?? 'unknown', ...known, remoteAddress: ip }
}
