import type { Stage } from '../errors.ts'
import type { StageTiming } from '../queue/job.ts'
import { inSpan, noTracing, type Tracing } from './tracing.ts'

export type TimeStep = <T>(stage: Stage, step: () => T | Promise<T>) => Promise<T>

/**
 * Wraps steps to record their durations and spans; none starts after the run was aborted. `clock`
 * returns milliseconds of any fixed origin.
 */
export function timeSteps(
  clock: () => number,
  record: (timing: StageTiming) => void,
  signal: AbortSignal,
  tracing: Tracing = noTracing,
): TimeStep {
  return async (stage, step) => {
    signal.throwIfAborted()
    const start = clock()
    try {
      return await inSpan(tracing, stage, {}, step)
    } finally {
      record({ stage, milliseconds: Math.round((clock() - start) * 10) / 10 })
    }
  }
}
