import { type HippoError, toHippoError } from '../errors.ts'
import { type Disposition, disposeOfError } from './end-job.ts'
import type { HeldJob } from './held-job.ts'
import type { StageTiming } from './job.ts'
import type { WorkStore } from './job-store.ts'
import type { RetryPolicy } from './retry-delay.ts'
import type { RunJob } from './run-job.ts'

/**
 * Runs a held job to the end and returns its disposition. Never throws. A run that succeeds
 * although it was asked to stop counts: its results are stored.
 * @param random a number in [0, 1)
 * @param isOutage called for each error: whether a dependency is down; never throws
 */
export async function runHeldJob(
  held: HeldJob,
  store: WorkStore,
  run: RunJob,
  retry: RetryPolicy,
  random: () => number,
  isOutage: (error: HippoError) => Promise<boolean> = async () => false,
): Promise<{ disposition: Disposition; timings: readonly StageTiming[] }> {
  const milliseconds = new Map<StageTiming['stage'], number>()
  let outcome: unknown
  let disposition: Disposition
  try {
    const ending = await run(held.job, {
      signal: held.signal,
      assignRunNumber: (runNumber) => store.assignRunNumber(held.job.id, held.owner, runNumber),
      recordStage: (timing) => {
        const before = milliseconds.get(timing.stage) ?? 0
        milliseconds.set(timing.stage, before + timing.milliseconds)
      },
      recordOutcome: (found) => {
        outcome = found
      },
    })
    disposition = { kind: 'finish', ending }
  } catch (error) {
    const isDown = held.interruption === undefined && (await isOutage(toHippoError(error, 'queue')))
    disposition = disposeOfError(error, held, outcome, retry, random(), isDown)
  }
  const timings = [...milliseconds].map(([stage, sum]) => ({ stage, milliseconds: sum }))
  return { disposition, timings }
}
