import { Type } from 'typebox'
import { type ErrorRecord, HippoError, recordError } from '../errors.ts'
import type { HttpApp } from './http-app.ts'
import { ProblemError, problems, toProblem } from './problem.ts'

/** Something the service cannot work without. */
export interface ReadinessCheck {
  readonly name: 'archive' | 'model' | 'queue' | 'audit'
  /** Answers a version to show, if there is one; throws when the thing cannot be used. */
  check(): Promise<string | undefined>
}

interface CheckResult {
  readonly name: string
  readonly ok: boolean
  readonly version?: string | undefined
  readonly error?: ErrorRecord | undefined
}

const patienceMilliseconds = 5_000

async function runCheck({ name, check }: ReadinessCheck): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    const late = recordError(new HippoError('UNEXPECTED', 'The check got no answer in time.'))
    timer = setTimeout(() => reject(new ProblemError(503, late)), patienceMilliseconds)
  })
  try {
    return { name, ok: true, version: await Promise.race([check(), timeout]) }
  } catch (error) {
    return { name, ok: false, error: toProblem(error).record }
  } finally {
    clearTimeout(timer)
  }
}

const checkSchema = Type.Object({
  name: Type.String(),
  ok: Type.Boolean(),
  version: Type.Optional(Type.String()),
})

/** Liveness and readiness, open to all. */
export function addHealthRoutes(app: HttpApp, readiness: readonly ReadinessCheck[]): void {
  let running: Promise<CheckResult[]> | undefined

  /** Probes that come while one is running share it: anyone may ask, and asking costs the archive. */
  function checkAll(): Promise<CheckResult[]> {
    running ??= Promise.all(readiness.map(runCheck)).finally(() => {
      running = undefined
    })
    return running
  }

  app.get(
    '/health/live',
    {
      config: { access: 'open' },
      logLevel: 'warn',
      schema: {
        operationId: 'checkLiveness',
        tags: ['health'],
        summary: 'The process answers',
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
        summary: 'Archive reachable, model loaded, queue writable',
        description: 'A 503 carries the same `checks`, each failed one with its error.',
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
