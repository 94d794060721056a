import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AuditEntry, AuditTrail } from '../audit/audit-entry.ts'
import type { JobService } from '../queue/job-service.ts'
import { accessOf } from './access-of.ts'
import { findSubject } from './find-subject.ts'
import type { HttpApp } from './http-app.ts'
import { isRead, isRecorded } from './is-recorded.ts'
import { toProblem, writeProblem } from './problem.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The change was recorded before it was made. */
    askedFor?: AuditEntry
    /** A list was filtered by facts of results. */
    showsResults?: boolean
    /** The decision, for the entry that records the outcome. */
    recordedFacts?: AuditEntry['details']
    /** Code of the returned error. */
    problemCode?: string
  }
}

/** A read that must be recorded; an unknown address shows nothing. */
function isRecordedRead({ method, is404, routeOptions, showsResults }: FastifyRequest): boolean {
  if (is404 || !isRead(method)) return false
  if (showsResults) return true
  return isRecorded({ method, config: routeOptions.config, schema: routeOptions.schema })
}

function judgeStatus(status: number): AuditEntry['outcome'] {
  if (status < 400) return 'done'
  return status < 500 ? 'refused' : 'failed'
}

function describeCaller(request: FastifyRequest) {
  const { schema, url } = request.routeOptions
  const { operationId } = (schema ?? {}) as { operationId?: string }
  const { name = 'unknown', role = 'unknown', by } = request.principal ?? {}
  const what = operationId ?? `${request.method} ${url ?? 'unknown'}`
  return { who: name, role, by, from: request.ip, what }
}

/**
 * Records in the audit trail who changed or read what. A person's change is recorded before it is
 * made, a result before it is sent: requests that cannot be recorded are refused with
 * AUDIT_UNWRITABLE. The hook is exempt: it reads nothing, no study may be lost, and the queue
 * contains what it reported. Its notifications, refusals and outcomes are recorded afterwards.
 */
export function recordRequests(app: HttpApp, trail: AuditTrail, jobs: JobService): void {
  const note = (entry: AuditEntry, request: FastifyRequest) =>
    trail.record(entry).catch((error) => {
      request.log.error({ err: error, what: entry.what }, 'An audit entry could not be written.')
    })

  const describeOutcome = (request: FastifyRequest, reply: FastifyReply) => ({
    outcome: judgeStatus(reply.statusCode),
    details: {
      ...request.recordedFacts,
      status: reply.statusCode,
      code: request.problemCode,
      request: request.id,
    },
  })

  app.addHook('preHandler', async (request) => {
    if (isRead(request.method) || request.is404 || accessOf(request) === 'hook') return
    const subject = await findSubject(request, undefined, jobs)
    const entry = { ...describeCaller(request), ...subject, outcome: 'asked' as const }
    await trail.record({ ...entry, details: { request: request.id } })
    request.askedFor = entry
  })

  app.addHook('onSend', async (request, reply, payload) => {
    const wasLetIn = request.principal !== undefined && request.problemCode !== 'FORBIDDEN'
    if (!isRecordedRead(request) || !wasLetIn) return payload
    try {
      const subject = await findSubject(request, undefined, jobs)
      const outcome = describeOutcome(request, reply)
      await trail.record({ ...describeCaller(request), ...subject, ...outcome })
      return payload
    } catch (error) {
      request.log.error(
        { err: error },
        'The result is not shown because the access cannot be recorded in the audit trail.',
      )
      const problem = toProblem(error)
      reply.code(problem.status).type('application/problem+json').removeHeader('content-length')
      return writeProblem(problem, request.id)
    }
  })

  // The end of the response does not wait for the disk; closing does.
  const unfinished = new Set<Promise<void>>()
  app.addHook('onClose', async () => {
    await Promise.all(unfinished)
  })
  app.addHook('onResponse', async (request, reply) => {
    const finished = noteOutcome(request, reply).finally(() => unfinished.delete(finished))
    unfinished.add(finished)
  })

  async function noteOutcome(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const outcome = describeOutcome(request, reply)
    const isHook = accessOf(request) === 'hook' && !isRead(request.method)
    const isRefused = reply.statusCode === 401 || reply.statusCode === 403
    if (request.askedFor === undefined && !isHook && !isRefused) return
    const subject = await findSubject(request, reply, jobs).catch(() => ({}))
    await note({ ...describeCaller(request), ...request.askedFor, ...subject, ...outcome }, request)
  }
}
