import { HippoError, recordError } from '../errors.ts'
import type { Disposition } from './end-job.ts'
import type { HeldJob } from './held-job.ts'
import type { StageTiming } from './job.ts'
import type { JobEnding, WorkStore } from './job-store.ts'

/** Everything needed to store a disposition, with retries while the store fails. */
export interface DispositionContext {
  readonly store: WorkStore
  /** Epoch milliseconds. */
  readonly clock: () => number
  readonly pause: () => Promise<void>
  readonly isStopping: () => boolean
  readonly onStoreError: (error: unknown) => void
}

async function storeOnce(
  held: HeldJob,
  disposition: Exclude<Disposition, { kind: 'drop' }>,
  timings: readonly StageTiming[],
  { store, clock }: DispositionContext,
): Promise<JobEnding | undefined> {
  const { job, owner } = held
  switch (disposition.kind) {
    case 'release':
      await store.release(job.id, owner)
      return undefined
    case 'retry': {
      const notBefore = clock() + disposition.delayMilliseconds
      await store.retryLater(
        job.id,
        owner,
        recordError(disposition.error),
        notBefore,
        disposition.isFree,
      )
      return undefined
    }
    case 'finish':
      await store.finish(job.id, owner, disposition.ending, timings)
      return disposition.ending
  }
}

/** Replaces an ending that cannot be stored (its outcome is not JSON) with one that can. */
function withoutOutcome(error: unknown): Disposition {
  const message = error instanceof Error ? error.message : String(error)
  const coded = new HippoError('UNEXPECTED', `The result could not be kept: ${message}`)
  return {
    kind: 'finish',
    ending: { state: 'failed', outcome: undefined, error: recordError(coded) },
  }
}

/**
 * Stores the disposition of a job and returns its ending, if it ended. On temporary failures (a
 * full disk) it keeps the lease and retries, because the work is done and only its record is
 * missing. Gives up without throwing if the lease is lost or the service stops: the job then runs
 * again and finds its results already stored.
 */
export async function storeDisposition(
  held: HeldJob,
  disposition: Disposition,
  timings: readonly StageTiming[],
  context: DispositionContext,
): Promise<JobEnding | undefined> {
  let wanted = disposition
  while (wanted.kind !== 'drop') {
    try {
      return await storeOnce(held, wanted, timings, context)
    } catch (error) {
      context.onStoreError(error)
      if (error instanceof HippoError) {
        if (error.code === 'LEASE_LOST' || context.isStopping()) return undefined
        await context.pause()
      } else if (wanted !== disposition) {
        return undefined
      } else {
        wanted = withoutOutcome(error)
      }
    }
  }
  return undefined
}
