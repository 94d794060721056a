import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HippoError } from '../../src/errors.ts'
import { HeldJob } from '../../src/queue/held-job.ts'
import type { Job } from '../../src/queue/job.ts'
import type { WorkStore } from '../../src/queue/job-store.ts'

const silent = { info: () => {}, warn: () => {}, error: () => {} }

describe('the lease of a job that is being worked on', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const hold = (heartbeat: WorkStore['heartbeat']) =>
    new HeldJob({ id: 'a' } as Job, 'worker', {
      store: { heartbeat } as WorkStore,
      leaseMilliseconds: 3_000,
      log: silent,
    })

  it('is renewed three times per lease', async () => {
    const heartbeat = vi.fn(async () => ({ cancelRequested: false }))
    const held = hold(heartbeat)
    await vi.advanceTimersByTimeAsync(2_999)
    expect(heartbeat).toHaveBeenCalledTimes(2)
    await vi.advanceTimersByTimeAsync(1)
    expect(heartbeat).toHaveBeenCalledTimes(3)
    held.end()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(heartbeat).toHaveBeenCalledTimes(3)
  })

  it('counts as lost with the third consecutive failed heartbeat, not before', async () => {
    const held = hold(async () => Promise.reject(new Error('disk')))
    await vi.advanceTimersByTimeAsync(2_000)
    expect(held.interruption).toBeUndefined()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(held.interruption).toBe('lease-lost')
    expect(held.signal.reason).toMatchObject({ code: 'LEASE_LOST' })
  })

  it('survives failures between heartbeats that succeed', async () => {
    let beats = 0
    const held = hold(async () => {
      beats += 1
      if (beats % 3 !== 0) throw new Error('disk')
      return { cancelRequested: false }
    })
    await vi.advanceTimersByTimeAsync(9_000)
    expect(beats).toBe(9)
    expect(held.interruption).toBeUndefined()
    held.end()
  })

  it('is lost immediately when another worker has the job', async () => {
    const held = hold(async () => Promise.reject(new HippoError('LEASE_LOST', 'taken')))
    await vi.advanceTimersByTimeAsync(1_000)
    expect(held.interruption).toBe('lease-lost')
  })
})
