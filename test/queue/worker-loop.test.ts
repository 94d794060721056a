import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HippoError } from '../../src/errors.ts'
import type { Job } from '../../src/queue/job.ts'
import { notifyWorkers } from '../../src/queue/job-service.ts'
import type { JobStore } from '../../src/queue/job-store.ts'
import type { RunContext, RunJob, RunResult } from '../../src/queue/run-job.ts'
import { openSqliteJobStore } from '../../src/queue/sqlite-job-store.ts'
import { startWorkers, type WorkerOptions, type Workers } from '../../src/queue/worker-loop.ts'

const success = (outcome: unknown = {}): RunResult => ({
  state: 'succeeded',
  outcome,
  predecessorJobId: undefined,
})

/** A run that goes on until it is aborted. */
const endless: RunJob = (_job, { signal }) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })

describe('worker loop', () => {
  let folder: string
  let path: string
  let store: JobStore
  const running: Workers[] = []
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() }

  const open = () => openSqliteJobStore({ path, clock: Date.now, createId: randomUUID })
  const start = (run: RunJob, options: Partial<WorkerOptions> = {}) => {
    const workers = startWorkers({
      store,
      run,
      concurrency: 1,
      owner: randomUUID(),
      leaseMilliseconds: 3_000,
      pollMilliseconds: 20,
      retry: { maximumAttempts: 3, baseMilliseconds: 20, maximumMilliseconds: 40 },
      clock: Date.now,
      random: () => 0.5,
      log,
      ...options,
    })
    running.push(workers)
    return workers
  }
  const add = async (name: string, force = false) => {
    const uid = `1.2.${name.length}`
    const request = { orthancStudyId: name, studyInstanceUid: uid, trigger: 'hook', force } as const
    return (await store.enqueue(request)).job
  }
  const reaches = (id: string, state: Job['state']) =>
    vi.waitFor(
      async () => {
        const job = await store.find(id)
        expect(job?.state).toBe(state)
        return job!
      },
      { timeout: 5_000, interval: 10 },
    )

  beforeEach(async () => {
    vi.clearAllMocks()
    folder = await mkdtemp(join(tmpdir(), 'hippo-workers-'))
    path = join(folder, 'queue.db')
    store = open()
  })
  afterEach(async () => {
    await Promise.all(running.splice(0).map((workers) => workers.stop()))
    await store.close()
    await rm(folder, { recursive: true })
  })

  it('runs waiting jobs in order, one at a time, and stores outcome and times', async () => {
    const ids = [(await add('A')).id, (await add('B')).id, (await add('C')).id]
    const order: string[] = []
    let active = 0
    const onFinished = vi.fn()
    const run: RunJob = async (job, context) => {
      active += 1
      expect(active).toBe(1)
      order.push(job.id)
      context.recordStage({ stage: 'fetch', milliseconds: 10 })
      context.recordStage({ stage: 'infer', milliseconds: 200 })
      context.recordStage({ stage: 'fetch', milliseconds: 5 })
      await context.assignRunNumber(2)
      active -= 1
      return success({ study: job.orthancStudyId })
    }
    start(run, { onFinished })
    const last = await reaches(ids[2]!, 'succeeded')
    expect(order).toEqual(ids)
    expect(last).toMatchObject({ outcome: { study: 'C' }, runNumber: 2, attempts: 1 })
    expect(last.timings).toEqual([
      { stage: 'fetch', milliseconds: 15 },
      { stage: 'infer', milliseconds: 200 },
    ])
    expect(onFinished).toHaveBeenCalledTimes(3)
    expect(onFinished.mock.calls[2]?.[0]).toMatchObject({ id: ids[2] })
    expect(onFinished.mock.calls[2]?.[1]).toMatchObject({ state: 'succeeded' })
  })

  it('runs as many jobs concurrently as configured', async () => {
    for (const name of ['A', 'B', 'C', 'D', 'E']) await add(name)
    let active = 0
    let most = 0
    let done = 0
    start(
      async () => {
        active += 1
        most = Math.max(most, active)
        await new Promise((resolve) => setTimeout(resolve, 60))
        active -= 1
        done += 1
        return success()
      },
      { concurrency: 2 },
    )
    await vi.waitFor(() => expect(done).toBe(5), { timeout: 5_000 })
    expect(most).toBe(2)
  })

  it('starts immediately when woken, long before the next poll', async () => {
    const workers = start(async () => success(), { pollMilliseconds: 60_000 })
    const desk = notifyWorkers(store, workers)
    const request = { orthancStudyId: 'A', studyInstanceUid: '1.2', trigger: 'hook' } as const
    await new Promise((resolve) => setTimeout(resolve, 50))
    const first = await desk.enqueue({ ...request, force: false })
    await reaches(first.job.id, 'succeeded')
    const second = await desk.enqueue({ ...request, force: true })
    await reaches(second.job.id, 'succeeded')
  })

  it('finds jobs that another process stored', async () => {
    start(async () => success())
    const other = open()
    const { job } = await other.enqueue({
      orthancStudyId: 'A',
      studyInstanceUid: '1.2',
      trigger: 'sweep',
      force: false,
    })
    await other.close()
    await reaches(job.id, 'succeeded')
  })

  describe('when a run throws', () => {
    it('retries retryable errors, keeps the last error meanwhile, and succeeds', async () => {
      const { id } = await add('A')
      let attempts = 0
      let seen: Job | undefined
      start(async (job) => {
        attempts += 1
        seen = job
        if (attempts < 3) throw new HippoError('ARCHIVE_UNREACHABLE', 'Orthanc is down.')
        return success()
      })
      const job = await reaches(id, 'succeeded')
      expect(job).toMatchObject({ attempts: 3, error: undefined })
      expect(seen?.error).toMatchObject({
        code: 'ARCHIVE_UNREACHABLE',
        message: 'Orthanc is down.',
      })
    })

    it('gives up after the last attempt with the reason', async () => {
      const { id } = await add('A')
      start(async (_job, context) => {
        context.recordOutcome({ verdicts: ['seen'] })
        throw new HippoError('ARCHIVE_TIMEOUT', 'Orthanc is slow.', { stage: 'fetch' })
      })
      expect(await reaches(id, 'failed')).toMatchObject({
        attempts: 3,
        error: { code: 'ARCHIVE_TIMEOUT', stage: 'fetch', message: 'Orthanc is slow.' },
        outcome: { verdicts: ['seen'] },
      })
    })

    it.each([
      ['SLICES_MISSING', 'rejected'],
      ['NO_MEASURABLE_SERIES', 'rejected'],
      ['STUDY_NOT_FOUND', 'rejected'],
      ['STUDY_EMPTY', 'rejected'],
      ['DICOM_UNREADABLE', 'rejected'],
      ['HIPPOCAMPUS_NOT_FOUND', 'rejected'],
      ['STORE_REFUSED', 'failed'],
      ['REPORT_FAILED', 'failed'],
    ] as const)('ends %s at the first attempt as %s, with the findings', async (code, state) => {
      const { id } = await add('A')
      start(async (_job, context) => {
        context.recordOutcome({ verdicts: [1] })
        throw new HippoError(code, 'A sentence.')
      })
      const job = await reaches(id, state)
      expect(job).toMatchObject({ attempts: 1, error: { code }, outcome: { verdicts: [1] } })
    })

    it('does not call a study unmeasurable because of a temporary error', async () => {
      const { id } = await add('A')
      start(async () => {
        throw new HippoError('INFERENCE_FAILED', 'The worker thread died.')
      })
      expect(await reaches(id, 'failed')).toMatchObject({ attempts: 3 })
    })

    it('retries an unexpected error before it fails', async () => {
      const { id } = await add('A')
      start(async () => {
        throw new TypeError('x is not a function')
      })
      expect(await reaches(id, 'failed')).toMatchObject({
        attempts: 3,
        error: { code: 'UNEXPECTED', message: expect.stringContaining('x is not a function') },
      })
    })

    it('waits twice as long each time, within the jitter and the maximum', async () => {
      const { id } = await add('A')
      const waits: number[] = []
      const retryLater = store.retryLater.bind(store)
      vi.spyOn(store, 'retryLater').mockImplementation((job, owner, error, notBefore) => {
        waits.push(notBefore)
        return retryLater(job, owner, error, 0)
      })
      start(
        async () => {
          throw new HippoError('ARCHIVE_UNREACHABLE', 'down')
        },
        {
          clock: () => 0,
          random: () => 0,
          retry: { maximumAttempts: 5, baseMilliseconds: 1_000, maximumMilliseconds: 3_000 },
        },
      )
      await reaches(id, 'failed')
      expect(waits).toEqual([500, 1_000, 1_500, 1_500])
    })

    it('continues with the next job', async () => {
      await add('A')
      const { id } = await add('B')
      start(async (job) => {
        if (job.orthancStudyId === 'A') throw new Error('no')
        return success()
      })
      await reaches(id, 'succeeded')
    })
  })

  describe('cancel', () => {
    it('aborts a running job immediately and ends it as cancelled', async () => {
      const { id } = await add('A')
      const workers = start(endless, { leaseMilliseconds: 60_000 })
      await reaches(id, 'running')
      await notifyWorkers(store, workers).cancel(id)
      expect(await reaches(id, 'cancelled')).toMatchObject({ error: { code: 'JOB_CANCELLED' } })
    })

    it('is noticed with the heartbeat when another process requested it', async () => {
      const { id } = await add('A')
      start(endless, { leaseMilliseconds: 150 })
      await reaches(id, 'running')
      await store.cancel(id)
      await reaches(id, 'cancelled')
    })

    it('ends a job whose process died without running it again', async () => {
      const { id } = await add('A')
      await store.claim('dead', 1)
      await store.cancel(id)
      const run = vi.fn(async () => success())
      start(run)
      await reaches(id, 'cancelled')
      expect(run).not.toHaveBeenCalled()
    })
  })

  describe('leases', () => {
    it('keeps a job that runs much longer than its lease', async () => {
      const { id } = await add('A')
      const run = vi.fn(async () => {
        await new Promise((resolve) => setTimeout(resolve, 3_000))
        return success()
      })
      start(run, { leaseMilliseconds: 1_500, concurrency: 2 })
      start(run, { leaseMilliseconds: 1_500 })
      expect(await reaches(id, 'succeeded')).toMatchObject({ attempts: 1 })
      expect(run).toHaveBeenCalledTimes(1)
    })

    it('aborts a run whose job another worker has claimed, without changing the job', async () => {
      const { id } = await add('A')
      let context: RunContext | undefined
      start(
        (job, given) => {
          context = given
          return endless(job, given)
        },
        { leaseMilliseconds: 300 },
      )
      await reaches(id, 'running')
      const future = openSqliteJobStore({
        path,
        clock: () => Date.now() + 1_000,
        createId: randomUUID,
      })
      expect((await future.claim('thief', 60_000))?.id).toBe(id)
      await vi.waitFor(() => expect(context?.signal.aborted).toBe(true), { timeout: 2_000 })
      expect(context?.signal.reason).toMatchObject({ code: 'LEASE_LOST' })
      expect(await store.find(id)).toMatchObject({ state: 'running', leaseOwner: 'thief' })
      await future.close()
    })

    it('claims the job of a dead process', async () => {
      const { id } = await add('A')
      await store.claim('dead', 100)
      start(async () => success())
      expect(await reaches(id, 'succeeded')).toMatchObject({ attempts: 2 })
    })

    it('gives up a job that kills its process every time', async () => {
      const { id } = await add('A')
      for (let death = 0; death < 3; death += 1) {
        await store.claim('dead', 1)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      const run = vi.fn(async () => success())
      start(run)
      expect(await reaches(id, 'failed')).toMatchObject({ error: { code: 'UNEXPECTED' } })
      expect(run).not.toHaveBeenCalled()
    })
  })

  describe('stop', () => {
    it('aborts the run, returns the job and does not count the attempt', async () => {
      const { id } = await add('A')
      const workers = start(endless)
      await reaches(id, 'running')
      await workers.stop()
      expect(await store.find(id)).toMatchObject({ state: 'queued', attempts: 0 })
    })

    it('lets a run end within the grace time', async () => {
      const { id } = await add('A')
      await add('B')
      const workers = start(async () => {
        await new Promise((resolve) => setTimeout(resolve, 150))
        return success()
      })
      await reaches(id, 'running')
      await workers.stop(3_000)
      expect(await store.find(id)).toMatchObject({ state: 'succeeded' })
      expect(await store.countByState()).toMatchObject({ queued: 1, running: 0 })
    })

    it('ends at once when idle', async () => {
      const workers = start(endless, { pollMilliseconds: 60_000 })
      await new Promise((resolve) => setTimeout(resolve, 20))
      const started = performance.now()
      await workers.stop(10_000)
      expect(performance.now() - started).toBeLessThan(2_000)
    })
  })

  describe('when the store fails', () => {
    const full = () => Promise.reject(new HippoError('DISK_FULL', 'The disk is full.'))

    it('continues claiming once the store works again', async () => {
      const claim = vi.spyOn(store, 'claim')
      claim.mockImplementationOnce(full).mockImplementationOnce(full)
      const { id } = await add('A')
      start(async () => success())
      await reaches(id, 'succeeded')
      expect(log.error).toHaveBeenCalledTimes(2)
    })

    it('keeps a finished result until it can be stored, without running again', async () => {
      vi.spyOn(store, 'finish').mockImplementationOnce(full).mockImplementationOnce(full)
      const { id } = await add('A')
      const run = vi.fn(async () => success({ v: 1 }))
      start(run)
      expect(await reaches(id, 'succeeded')).toMatchObject({ outcome: { v: 1 }, attempts: 1 })
      expect(run).toHaveBeenCalledTimes(1)
    })

    it('aborts a run when the lease expired because no heartbeat could be stored', async () => {
      vi.spyOn(store, 'heartbeat').mockImplementation(full)
      const { id } = await add('A')
      const aborted = vi.fn()
      let attempts = 0
      start(
        async (job, context) => {
          attempts += 1
          if (attempts > 1) return success()
          context.signal.addEventListener('abort', aborted)
          return endless(job, context)
        },
        { leaseMilliseconds: 200 },
      )
      await reaches(id, 'succeeded')
      expect(aborted).toHaveBeenCalledTimes(1)
    })

    it('fails a job whose outcome is not JSON instead of hanging', async () => {
      const { id } = await add('A')
      start(async () => success({ n: 1n }))
      expect(await reaches(id, 'failed')).toMatchObject({
        error: { code: 'UNEXPECTED', message: expect.stringContaining('could not be kept') },
      })
    })
  })

  it('survives a listener that throws', async () => {
    await add('A')
    const { id } = await add('B')
    const onFinished = () => {
      throw new Error('listener')
    }
    start(async () => success(), { onFinished })
    await reaches(id, 'succeeded')
  })
})
