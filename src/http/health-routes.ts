import { Type } from 'typebox'
import type { HttpApp } from './http-app.ts'
import { ProblemError, problems } from './problem.ts'
import type { CheckResult } from './readiness.ts'

const checkSchema = Type.Object({
  name: Type.String(),
  ok: Type.Boolean(),
  version: Type.Optional(Type.String()),
})

/** Liveness and readiness, open to all. */
export function addHealthRoutes(app: HttpApp, checkAll: () => Promise<CheckResult[]>): void {
  app.get(
    '/health/live',
    {
      config: { access: 'open' },
      logLevel: 'warn',
      schema: {
        operationId: 'checkLiveness',
        tags: ['health'],
        summary: 'The process runs',
        response: { 200: Type.Object({ status: Type.Literal('live') }) },
      },
    },
    async () => ({ status: 'live' as const }),
  )

  app.get(
    '/health/ready',
    {
      config: { access: 'open' },
      logLevel: 'warn',
      schema: {
        operationId: 'checkReadiness',
        tags: ['health'],
        summary: 'Archive reachable, model loaded, queue writable, enough disk space',
        description: 'A 503 has the same `checks`, each failed one with its error.',
        response: {
          200: Type.Object({ status: Type.Literal('ready'), checks: Type.Array(checkSchema) }),
          ...problems(503),
        },
      },
    },
    async () => {
      const checks = await checkAll()
      const failed = checks.find(({ ok }) => !ok)
      if (failed?.error) throw new ProblemError(503, failed.error, { status: 503, checks })
      return { status: 'ready' as const, checks: checks as never[] }
    },
  )
}
