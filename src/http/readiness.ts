import { Gauge, type Registry } from 'prom-client'
import { type ErrorRecord, HippoError, recordError } from '../errors.ts'
import { ProblemError, toProblem } from './problem.ts'

/** A dependency that the service cannot work without. */
export interface ReadinessCheck {
  readonly name: 'archive' | 'model' | 'queue' | 'audit' | 'disk'
  /** Returns a version to show, if there is one; throws if the dependency cannot be used. */
  check(): Promise<string | undefined>
}

export interface CheckResult {
  readonly name: string
  readonly ok: boolean
  readonly version?: string | undefined
  readonly error?: ErrorRecord | undefined
}

const patienceMilliseconds = 5_000

async function runCheck({ name, check }: ReadinessCheck): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    const late = recordError(new HippoError('UNEXPECTED', 'The check got no response in time.'))
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

/**
 * Runs all checks. Concurrent callers share one run: anyone may call it, and each run queries the
 * archive.
 */
export function shareChecks(checks: readonly ReadinessCheck[]): () => Promise<CheckResult[]> {
  let running: Promise<CheckResult[]> | undefined
  return () => {
    running ??= Promise.all(checks.map(runCheck)).finally(() => {
      running = undefined
    })
    return running
  }
}

/** Shows each check as a gauge, 1 or 0, computed when metrics are read. */
export function exportReadiness(registry: Registry, checkAll: () => Promise<CheckResult[]>): void {
  const ready = new Gauge({
    name: 'hippovolume_ready',
    help: 'Whether the archive, the model and the queue can be used.',
    labelNames: ['check'],
    registers: [registry],
    async collect() {
      for (const { name, ok } of await checkAll()) ready.set({ check: name }, ok ? 1 : 0)
    },
  })
}
