import type { HippoError } from '../errors.ts'
import { endBeforeRun } from './end-job.ts'
import { HeldJob, type QueueLog } from './held-job.ts'
import type { Job, StageTiming } from './job.ts'
import type { JobEnding, WorkStore } from './job-store.ts'
import type { RetryPolicy } from './retry-delay.ts'
import { runHeldJob } from './run-held-job.ts'
import type { RunJob } from './run-job.ts'
import { storeDisposition } from './store-disposition.ts'
import { createWakeSignal } from './wake-signal.ts'

export interface WorkerOptions {
  readonly store: WorkStore
  readonly run: RunJob
  /** Maximum number of concurrent jobs. */
  readonly concurrency: number
  /** Names this process and no other that ever was: leases are told apart by it. */
  readonly owner: string
  readonly leaseMilliseconds: number
  /** Longest wait between polls for due jobs and jobs stored by other processes. */
  readonly pollMilliseconds?: number
  readonly retry: RetryPolicy
  /** Epoch milliseconds. */
  readonly clock: () => number
  /** A number in [0, 1). */
  readonly random: () => number
  readonly log: QueueLog
  /** Called after an ending was stored, with the job as it was claimed. */
  readonly onFinished?: (job: Job, ending: JobEnding, timings: readonly StageTiming[]) => void
  /**
   * Called for each error: whether a dependency is down, so that the attempt does not count. Never
   * throws.
   */
  readonly isOutage?: (error: HippoError) => Promise<boolean>
  /** Called when an attempt failed and the job will be retried. */
  readonly onRetry?: (job: Job, error: HippoError) => void
}

export interface Workers {
  /** Polls for work now. */
  wake(): void
  /** Checks now whether a job running here was cancelled. */
  lookAt(jobId: string): void
  /**
   * Claims no more jobs, lets running ones continue for the grace time (default none), then aborts
   * and returns them. A run that does not end within five more seconds keeps its lease until it
   * expires: if it were returned, it might run twice.
   */
  stop(graceMilliseconds?: number): Promise<void>
}

const abortMilliseconds = 5_000

/** Resolves when the work settles or the time is up. */
async function settleWithin(work: Promise<unknown>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds)
  })
  await Promise.race([work, timeout])
  clearTimeout(timer)
}

/**
 * Starts working through the queue: each of `concurrency` workers claims a job, runs it and stores
 * its ending, one after another, until stopped. Waits while the store fails.
 */
export function startWorkers(options: WorkerOptions): Workers {
  const { store, log, clock, retry } = options
  const pollMilliseconds = options.pollMilliseconds ?? 1_000
  const signal = createWakeSignal()
  const heldJobs = new Set<HeldJob>()
  let stopping = false

  const context = {
    store,
    clock,
    pause: () => signal.wait(signal.count, pollMilliseconds),
    isStopping: () => stopping,
    onStoreError: (error: unknown) =>
      log.error({ err: error }, 'The result of a job could not be stored.'),
  }

  function announce(job: Job, ending: JobEnding, timings: readonly StageTiming[]): void {
    const error = 'error' in ending ? ending.error : undefined
    log.info({ jobId: job.id, state: ending.state, error, timings }, 'Job ended.')
    try {
      options.onFinished?.(job, ending, timings)
    } catch (thrown) {
      log.error({ err: thrown, jobId: job.id }, 'A listener of finished jobs failed.')
    }
  }

  async function workOn(held: HeldJob): Promise<void> {
    const { job } = held
    log.info({ jobId: job.id, attempt: job.attempts }, 'Job claimed.')
    const early = endBeforeRun(job, retry.maximumAttempts)
    const { disposition, timings } = early
      ? { disposition: { kind: 'finish', ending: early } as const, timings: [] }
      : await runHeldJob(held, store, options.run, retry, options.random, options.isOutage)
    if (disposition.kind !== 'finish') {
      const error = disposition.kind === 'retry' ? disposition.error : undefined
      log.warn({ jobId: job.id, ...disposition, error: undefined, err: error }, 'Job interrupted.')
      if (error) options.onRetry?.(job, error)
    }
    const ending = await storeDisposition(held, disposition, timings, context)
    if (ending) announce(job, ending, timings)
  }

  async function work(owner: string): Promise<void> {
    while (!stopping) {
      const seen = signal.count
      try {
        const job = await store.claim(owner, options.leaseMilliseconds)
        if (job === undefined) {
          if (!stopping) await signal.wait(seen, pollMilliseconds)
          continue
        }
        const held = new HeldJob(job, owner, options)
        heldJobs.add(held)
        if (stopping) held.interrupt('stopping')
        await workOn(held).finally(() => {
          held.end()
          heldJobs.delete(held)
        })
      } catch (error) {
        log.error({ err: error }, 'The job queue failed; it will be retried.')
        if (!stopping) await signal.wait(seen, pollMilliseconds)
      }
    }
  }

  const workers = Array.from({ length: options.concurrency }, (_, index) =>
    work(`${options.owner}/${index}`),
  )
  const allIdle = Promise.all(workers)

  return {
    wake: () => signal.wake(),
    lookAt(jobId) {
      for (const held of heldJobs) if (held.job.id === jobId) void held.beat()
    },
    async stop(graceMilliseconds = 0) {
      stopping = true
      signal.wake()
      if (graceMilliseconds > 0) await settleWithin(allIdle, graceMilliseconds)
      for (const held of heldJobs) held.interrupt('stopping')
      await settleWithin(allIdle, abortMilliseconds)
      for (const held of heldJobs) held.end()
    },
  }
}
