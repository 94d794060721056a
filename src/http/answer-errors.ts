import type { FastifyReply, FastifyRequest } from 'fastify'
import { HippoError, recordError } from '../errors.ts'
import { undecodableAddress } from './broken-requests.ts'
import type { HttpApp } from './http-app.ts'
import { ProblemError, toProblem, writeProblem } from './problem.ts'

const retryAfterSeconds = 5

/** Replies with problem details of an error, and logs what the client does not see. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const problem = toProblem(error)
  if (problem.status >= 500) request.log.error({ err: error }, problem.message)
  else request.log.info({ code: problem.record.code, status: problem.status }, problem.message)
  request.problemCode = problem.record.code
  if (request.retryAfter !== undefined) reply.header('retry-after', request.retryAfter)
  if (problem.status === 503) reply.header('retry-after', retryAfterSeconds)
  return reply
    .code(problem.status)
    .type('application/problem+json')
    .send(writeProblem(problem, request.id))
}

/**
 * Turns every error into problem details, an unknown address into 404 and a known one with another
 * method into 405.
 */
export function answerErrors(app: HttpApp): void {
  function describeMissing(request: FastifyRequest, reply: FastifyReply): Error {
    if (request.url === undecodableAddress) {
      return new HippoError('REQUEST_INVALID', 'The URL cannot be decoded.')
    }
    const allowed = app.findRoutesAt(request.url).flatMap(({ methods }) => methods)
    if (allowed.length === 0) {
      return new HippoError('NOT_FOUND', 'This address does not exist.')
    }
    reply.header('allow', [...new Set(allowed)].join(', '))
    const message = `This address does not support the method ${request.method}.`
    return new ProblemError(405, recordError(new HippoError('REQUEST_INVALID', message)))
  }

  app.setNotFoundHandler((request, reply) => {
    throw describeMissing(request, reply)
  })
  app.setErrorHandler((error, request, reply) => {
    // Fastify reads the body even without a handler; the actual fault is the address.
    const isOurs = error instanceof HippoError || error instanceof ProblemError
    const shown = request.is404 && !isOurs ? describeMissing(request, reply) : error
    return sendProblem(shown, request, reply)
  })
}
