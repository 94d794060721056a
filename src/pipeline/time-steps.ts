import type { Stage } from '../errors.ts'
import type { StageTiming } from '../queue/job.ts'

export type TimeStep = <T>(stage: Stage, step: () => T | Promise<T>) => Promise<T>

/**
 * Wraps steps so that each one's duration is recorded and none starts after the run was aborted.
 * `clock` answers milliseconds of any fixed origin.
 */
export function timeSteps(
  clock: () => number,
  record: (timing: StageTiming) => void,
  signal: AbortSignal,
): TimeStep {
  return async (stage, step) => {
    signal.throwIfAborted()
    const start = clock()
    try {
      return await step()
    } finally {
      record({ stage, milliseconds: Math.round((clock() - start) * 10) / 10 })
    }
  }
}
