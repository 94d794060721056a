import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { HippoError } from '../../src/errors.ts'
import type { HeldJob } from '../../src/queue/held-job.ts'
import type { Job } from '../../src/queue/job.ts'
import type { WorkStore } from '../../src/queue/job-store.ts'
import { storeDisposition } from '../../src/queue/store-disposition.ts'
import { startWorkers } from '../../src/queue/worker-loop.ts'

const log = { info: () => {}, warn: () => {}, error: () => {} }
const job = { id: 'a', attempts: 1, cancelRequested: false } as Job

describe('workers that are stopped', () => {
  it('return a job whose claim ends after the stop', async () => {
    const released: string[] = []
    let claim: (job: Job | undefined) => void = () => {}
    const store = {
      claim: () => new Promise<Job | undefined>((resolve) => (claim = resolve)),
      heartbeat: async () => ({ cancelRequested: false }),
      release: async (id: string) => void released.push(id),
    } as unknown as WorkStore
    const workers = startWorkers({
      store,
      run: async (_job, { signal }) => {
        await sleep(20)
        signal.throwIfAborted()
        return { state: 'succeeded', outcome: {}, predecessorJobId: undefined }
      },
      concurrency: 1,
      owner: 'me',
      leaseMilliseconds: 60_000,
      retry: { maximumAttempts: 3, baseMilliseconds: 20, maximumMilliseconds: 40 },
      clock: Date.now,
      random: () => 0.5,
      log,
    })
    const stopped = workers.stop()
    claim(job)
    await stopped
    expect(released).toEqual(['a'])
  })

  it('do not wait for a store that fails: the job runs again and finds its results', async () => {
    let pauses = 0
    const store = {
      finish: async () => Promise.reject(new HippoError('QUEUE_UNAVAILABLE', 'down')),
    } as unknown as WorkStore
    const ending = { state: 'succeeded', outcome: {}, predecessorJobId: undefined } as const
    const stored = await storeDisposition(
      { job, owner: 'me' } as HeldJob,
      { kind: 'finish', ending },
      [],
      {
        store,
        clock: Date.now,
        pause: async () => {
          pauses += 1
          if (pauses > 3) throw new Error('it goes on for ever')
        },
        isStopping: () => pauses > 0,
        onStoreError: () => {},
      },
    )
    expect(stored).toBeUndefined()
    expect(pauses).toBe(1)
  })
})
