import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HippoError, recordError } from '../../src/errors.ts'
import { finalStates, type Job } from '../../src/queue/job.ts'
import type { EnqueueRequest, JobEnding, JobStore } from '../../src/queue/job-store.ts'

/** One queue in some storage; `open` may be called again to open the same storage once more. */
export interface JobStorage {
  open(clock: () => number): Promise<JobStore>
  remove(): Promise<void>
}

const lease = 10_000

const study = (name: string, force = false): EnqueueRequest => ({
  orthancStudyId: `study-${name}`,
  studyInstanceUid: `1.2.3.${name.charCodeAt(0)}`,
  trigger: 'hook',
  force,
})

const succeeded = (outcome: unknown, predecessorJobId?: string): JobEnding => ({
  state: 'succeeded',
  outcome,
  predecessorJobId,
})

const failure = recordError(
  new HippoError('ARCHIVE_UNREACHABLE', 'The archive does not answer.', { details: { port: 1 } }),
)

/** What every store of the queue must do. */
export function describeJobStore(name: string, createStorage: () => Promise<JobStorage>): void {
  describe(`job store on ${name}`, () => {
    let storage: JobStorage
    let store: JobStore
    let now: number

    const claimed = async (owner = 'a'): Promise<Job> => {
      const job = await store.claim(owner, lease)
      if (!job) throw new Error('nothing to claim')
      return job
    }
    const add = async (request: EnqueueRequest) => (await store.enqueue(request)).job

    beforeEach(async () => {
      now = 1_700_000_000_000
      storage = await createStorage()
      store = await storage.open(() => now)
    })
    afterEach(async () => {
      await store.close()
      await storage.remove()
    })

    describe('a job for a later comparison', () => {
      const compared = (name: string) => ({ ...study(name), trigger: 'history' }) as const

      it('waits until no other job is due', async () => {
        await add(compared('A'))
        await add(study('B'))
        await add(study('C'))
        expect((await claimed()).orthancStudyId).toBe('study-B')
        expect((await claimed()).orthancStudyId).toBe('study-C')
        expect((await claimed()).orthancStudyId).toBe('study-A')
      })

      it('is not merged with an event or a request for the same study', async () => {
        const first = await store.enqueue(compared('A'))
        expect((await store.enqueue(compared('A'))).job.id).toBe(first.job.id)
        const event = await store.enqueue(study('A'))
        expect(event.created).toBe(true)
        expect((await store.enqueue(study('A'))).job.id).toBe(event.job.id)
        expect((await store.enqueue(compared('A'))).job.id).toBe(first.job.id)
      })

      it('is claimed again like any other when its worker died', async () => {
        const { id } = await add(compared('A'))
        expect((await claimed()).id).toBe(id)
        now += lease + 1
        expect((await claimed('b')).id).toBe(id)
      })
    })

    describe('a job of a backfill', () => {
      const past = (name: string) => ({ ...study(name), trigger: 'backfill', batch: 'b1' }) as const

      it('waits until no other job is due, not even one for a later comparison', async () => {
        await add(past('A'))
        await add({ ...study('B'), trigger: 'history' })
        await add(study('C'))
        await add({ ...study('D'), trigger: 'request' })
        const order = ['study-C', 'study-D', 'study-B', 'study-A']
        for (const next of order) expect((await claimed()).orthancStudyId).toBe(next)
      })

      it('keeps the backfill that created it', async () => {
        const job = await add(past('A'))
        expect(job).toMatchObject({ trigger: 'backfill', batch: 'b1' })
        expect((await claimed()).batch).toBe('b1')
        expect((await add(study('B'))).batch).toBeUndefined()
      })

      it('joins only its own kind, with its original batch', async () => {
        const job = await add(past('A'))
        expect(await add({ ...past('A'), batch: 'b2' })).toEqual(job)
        expect((await store.enqueue(study('A'))).created).toBe(true)
        expect((await store.enqueue({ ...study('A'), trigger: 'history' })).created).toBe(true)
        expect((await store.enqueue({ ...past('A'), force: true })).created).toBe(true)
      })

      it('keeps its place once it was started, because its study waits for it', async () => {
        const { id } = await add(past('A'))
        await claimed()
        now += 1
        await add(study('A'))
        await add(study('B'))
        now += lease
        expect((await claimed('b')).id).toBe(id)
      })

      it('does not count for the age of the queue', async () => {
        await add(past('A'))
        expect(await store.oldestQueuedAt()).toBeUndefined()
        now += 1_000
        await add(study('B'))
        expect(await store.oldestQueuedAt()).toBe(now)
      })
    })

    describe('enqueue', () => {
      it('stores a queued job with its trigger', async () => {
        const { job, created } = await store.enqueue({ ...study('A'), trigger: 'sweep' })
        expect(created).toBe(true)
        expect(job).toMatchObject({
          orthancStudyId: 'study-A',
          studyInstanceUid: '1.2.3.65',
          trigger: 'sweep',
          force: false,
          state: 'queued',
          attempts: 0,
          runNumber: 0,
          createdAt: now,
          analysisStartedAt: undefined,
          timings: [],
        })
        expect(await store.find(job.id)).toEqual(job)
      })

      it('returns the waiting job of a study instead of a second one', async () => {
        const first = await store.enqueue(study('A'))
        const second = await store.enqueue({ ...study('A'), trigger: 'sweep' })
        expect(second).toEqual({ job: first.job, created: false })
        expect((await store.enqueue(study('B'))).created).toBe(true)
      })

      it('stores one job when the same study comes many times at once', async () => {
        const answers = await Promise.all(
          Array.from({ length: 20 }, () => store.enqueue(study('A'))),
        )
        expect(answers.filter((answer) => answer.created)).toHaveLength(1)
        expect((await store.list({ limit: 50, offset: 0 })).total).toBe(1)
      })

      it('stores a new job behind a running one, which may already have read the study', async () => {
        const first = await add(study('A'))
        await claimed()
        const second = await store.enqueue(study('A'))
        expect(second.created).toBe(true)
        expect(second.job.id).not.toBe(first.id)
      })

      it('stores a new job after a finished one', async () => {
        await add(study('A'))
        const job = await claimed()
        await store.finish(job.id, 'a', succeeded({}), [])
        expect((await store.enqueue(study('A'))).created).toBe(true)
      })

      it('keeps forced and unforced requests apart', async () => {
        await add(study('A'))
        const forced = await store.enqueue(study('A', true))
        expect(forced.created).toBe(true)
        expect(forced.job.force).toBe(true)
        expect((await store.enqueue(study('A', true))).job.id).toBe(forced.job.id)
      })

      it('coalesces with a job that waits for another attempt', async () => {
        await add(study('A'))
        const job = await claimed()
        await store.retryLater(job.id, 'a', failure, now + 5_000)
        expect((await store.enqueue(study('A'))).job.id).toBe(job.id)
      })
    })

    describe('claim', () => {
      it('returns undefined when nothing waits', async () => {
        expect(await store.claim('a', lease)).toBeUndefined()
      })

      it('claims the oldest job, counts the attempt and records the first start', async () => {
        const first = await add(study('A'))
        await add(study('B'))
        now += 50
        const job = await claimed()
        expect(job).toMatchObject({
          id: first.id,
          state: 'running',
          attempts: 1,
          analysisStartedAt: now,
          leaseOwner: 'a',
          leaseExpiresAt: now + lease,
        })
      })

      it('never gives two jobs of one study at the same time', async () => {
        await add(study('A'))
        const first = await claimed()
        const second = await add(study('A'))
        expect(await store.claim('b', lease)).toBeUndefined()
        await store.finish(first.id, 'a', succeeded({}), [])
        expect((await claimed('b')).id).toBe(second.id)
      })

      it('skips a study with a running job', async () => {
        await add(study('A'))
        await claimed()
        await add(study('A'))
        const other = await add(study('B'))
        expect((await claimed('b')).id).toBe(other.id)
      })

      it('returns a job again once its lease has expired, with the first start kept', async () => {
        await add(study('A'))
        const first = await claimed()
        now += lease - 1
        expect(await store.claim('b', lease)).toBeUndefined()
        now += 1
        const again = await claimed('b')
        expect(again).toMatchObject({ id: first.id, attempts: 2, leaseOwner: 'b' })
        expect(again.analysisStartedAt).toBe(first.analysisStartedAt)
      })

      it('does not block running jobs when the clock is set back', async () => {
        await add(study('A'))
        const job = await claimed()
        now -= 30 * 24 * 3_600_000
        expect(await store.claim('b', lease)).toBeUndefined()
        now += lease + 1
        expect((await claimed('b')).id).toBe(job.id)
      })

      it('does not count an attempt that failed because of an outage', async () => {
        await add(study('A'))
        const job = await claimed()
        expect(job.attempts).toBe(1)
        await store.retryLater(job.id, 'a', failure, now + 1_000, true)
        expect(await store.find(job.id)).toMatchObject({ attempts: 0, error: failure })
        now += 1_000
        expect((await claimed()).attempts).toBe(1)
      })

      it('does not return the job of the correct UID for a notification of another UID', async () => {
        const forged = await store.enqueue({ ...study('A'), studyInstanceUid: '9.9.9' })
        const genuine = await store.enqueue(study('A'))
        expect(genuine.created).toBe(true)
        expect(genuine.job.id).not.toBe(forged.job.id)
        expect((await store.enqueue(study('A'))).job.id).toBe(genuine.job.id)
      })

      it('does not block waiting jobs when the clock is set back', async () => {
        await add(study('A'))
        const job = await claimed()
        await store.retryLater(job.id, 'a', failure, now + 2_000)
        await add(study('B'))
        now -= 30 * 24 * 3_600_000
        const ids = [(await claimed('a')).id, (await claimed('b')).id]
        expect(ids).toContain(job.id)
        expect(ids).toHaveLength(2)
      })

      it('lets a live worker keep its job when the clock is set back', async () => {
        await add(study('A'))
        const job = await claimed()
        now -= 3_600_000
        await store.claim('b', lease)
        for (let beat = 0; beat < 5; beat += 1) {
          now += lease / 3
          await store.heartbeat(job.id, 'a', lease)
          expect(await store.claim('b', lease)).toBeUndefined()
        }
      })
    })

    describe('a held job', () => {
      let job: Job
      beforeEach(async () => {
        await add(study('A'))
        job = await claimed()
      })

      it('is kept by heartbeats', async () => {
        now += lease - 1
        expect(await store.heartbeat(job.id, 'a', lease)).toEqual({ cancelRequested: false })
        now += lease - 1
        expect(await store.claim('b', lease)).toBeUndefined()
      })

      it('is refused for a worker that lost it', async () => {
        now += lease
        await claimed('b')
        const lost = { code: 'LEASE_LOST' }
        await expect(store.heartbeat(job.id, 'a', lease)).rejects.toMatchObject(lost)
        await expect(store.assignRunNumber(job.id, 'a', 1)).rejects.toMatchObject(lost)
        await expect(store.finish(job.id, 'a', succeeded({}), [])).rejects.toMatchObject(lost)
        await expect(store.retryLater(job.id, 'a', failure, now)).rejects.toMatchObject(lost)
        await expect(store.release(job.id, 'a')).rejects.toMatchObject(lost)
        expect(await store.find(job.id)).toMatchObject({ state: 'running', leaseOwner: 'b' })
      })

      it('keeps its run number when its worker dies', async () => {
        await store.assignRunNumber(job.id, 'a', 3)
        now += lease
        expect((await claimed('b')).runNumber).toBe(3)
      })

      it('ends with outcome and timings, and cannot end twice', async () => {
        now += 700
        const timings = [{ stage: 'infer', milliseconds: 321.5 }] as const
        await store.finish(job.id, 'a', succeeded({ ml: [1.5, null], ä: '海馬' }), timings)
        expect(await store.find(job.id)).toMatchObject({
          state: 'succeeded',
          finishedAt: now,
          outcome: { ml: [1.5, null], ä: '海馬' },
          timings,
          error: undefined,
          leaseOwner: undefined,
          leaseExpiresAt: undefined,
        })
        await expect(store.finish(job.id, 'a', succeeded({}), [])).rejects.toMatchObject({
          code: 'LEASE_LOST',
        })
      })

      it('keeps the reason of a rejection and the findings', async () => {
        const error = recordError(new HippoError('SLICES_MISSING', 'Slice 7 is missing.'))
        await store.finish(job.id, 'a', { state: 'rejected', outcome: { verdicts: [] }, error }, [])
        expect(await store.find(job.id)).toMatchObject({
          state: 'rejected',
          error,
          outcome: { verdicts: [] },
        })
      })

      it('waits for its next attempt with the last error', async () => {
        await store.retryLater(job.id, 'a', failure, now + 5_000)
        expect(await store.find(job.id)).toMatchObject({
          state: 'queued',
          attempts: 1,
          error: failure,
          notBefore: now + 5_000,
        })
        now += 4_999
        expect(await store.claim('a', lease)).toBeUndefined()
        now += 1
        expect(await claimed()).toMatchObject({ id: job.id, attempts: 2 })
      })

      it('returned is available immediately and its attempt does not count', async () => {
        await store.release(job.id, 'a')
        expect(await claimed('b')).toMatchObject({ id: job.id, attempts: 1 })
      })
    })

    describe('cancel', () => {
      it('ends a waiting job at once', async () => {
        const job = await add(study('A'))
        expect(await store.cancel(job.id)).toMatchObject({
          state: 'cancelled',
          finishedAt: now,
          error: { code: 'JOB_CANCELLED' },
        })
        expect(await store.claim('a', lease)).toBeUndefined()
        expect((await store.enqueue(study('A'))).created).toBe(true)
      })

      it('asks a running job to stop', async () => {
        await add(study('A'))
        const job = await claimed()
        expect(await store.cancel(job.id)).toMatchObject({
          state: 'running',
          cancelRequested: true,
        })
        expect(await store.heartbeat(job.id, 'a', lease)).toEqual({ cancelRequested: true })
      })

      it.each([
        ['handed back', (id: string) => store.release(id, 'a')],
        ['to be repeated', (id: string) => store.retryLater(id, 'a', failure, now + 1)],
      ])('is kept by a job that is %s', async (_, giveBack) => {
        await add(study('A'))
        const job = await claimed()
        await store.cancel(job.id)
        await giveBack(job.id)
        expect(await store.find(job.id)).toMatchObject({ state: 'cancelled', finishedAt: now })
      })

      it('is noticed by the worker that claims the job of a dead process', async () => {
        await add(study('A'))
        const job = await claimed()
        await store.cancel(job.id)
        now += lease
        expect(await claimed('b')).toMatchObject({ id: job.id, cancelRequested: true })
      })

      it('refuses unknown and ended jobs', async () => {
        await expect(store.cancel('none')).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' })
        await add(study('A'))
        const job = await claimed()
        await store.finish(job.id, 'a', succeeded({}), [])
        await expect(store.cancel(job.id)).rejects.toMatchObject({ code: 'JOB_NOT_CANCELLABLE' })
      })
    })

    describe('results', () => {
      const finishNext = async (ending: (job: Job) => JobEnding) => {
        const job = await claimed()
        await store.finish(job.id, 'a', ending(job), [])
        now += 1_000
        return job
      }

      it('link both ways when one replaces another, and only the newest is current', async () => {
        await add(study('A'))
        const first = await finishNext(() => succeeded({ v: 1 }))
        expect(await store.currentResults('study-A')).toMatchObject([{ id: first.id }])
        await add(study('A', true))
        const second = await finishNext(() => succeeded({ v: 2 }, first.id))
        expect(await store.find(first.id)).toMatchObject({ supersededByJobId: second.id })
        expect(await store.find(second.id)).toMatchObject({ predecessorJobId: first.id })
        expect(await store.currentResults('study-A')).toMatchObject([
          { id: second.id, outcome: { v: 2 } },
        ])
      })

      it('stay current when a later check finds nothing new', async () => {
        await add(study('A'))
        const first = await finishNext(() => succeeded({ v: 1 }))
        await add(study('A'))
        await finishNext(() => ({
          state: 'unchanged',
          outcome: undefined,
          predecessorJobId: first.id,
        }))
        expect(await store.currentResults('study-A')).toMatchObject([{ id: first.id }])
        expect((await store.find(first.id))?.supersededByJobId).toBeUndefined()
      })

      it('are listed newest first and only for their study', async () => {
        await add(study('A'))
        const first = await finishNext(() => succeeded({}))
        await add(study('A'))
        const second = await finishNext(() => succeeded({}))
        await add(study('B'))
        await finishNext(() => succeeded({}))
        const ids = (await store.currentResults('study-A')).map((job) => job.id)
        expect(ids).toEqual([second.id, first.id])
      })
    })

    describe('looking', () => {
      beforeEach(async () => {
        for (const name of ['A', 'B', 'C', 'D']) {
          await add(study(name))
          now += 1_000
        }
      })
      const names = async (query: object) =>
        (await store.list({ limit: 10, offset: 0, ...query })).jobs.map((job) => job.orthancStudyId)

      it('lists newest first, in pages with the total', async () => {
        expect(await names({})).toEqual(['study-D', 'study-C', 'study-B', 'study-A'])
        expect(await names({ limit: 2, offset: 1 })).toEqual(['study-C', 'study-B'])
        expect((await store.list({ limit: 1, offset: 3 })).total).toBe(4)
        expect(await names({ offset: 9 })).toEqual([])
      })

      it('filters by state and study', async () => {
        await claimed()
        expect(await names({ states: ['running'] })).toEqual(['study-A'])
        expect(await names({ states: ['running', 'queued'], orthancStudyId: 'study-B' })).toEqual([
          'study-B',
        ])
        expect(await names({ studyInstanceUid: '1.2.3.67' })).toEqual(['study-C'])
        expect(await names({ states: [] })).toEqual([])
        const { total } = await store.list({ states: ['queued'], limit: 1, offset: 0 })
        expect(total).toBe(3)
      })

      const finishNext = async (ending: JobEnding): Promise<Job> => {
        const job = await claimed()
        await store.finish(job.id, 'a', ending, [])
        return (await store.find(job.id))!
      }

      it('finds results by accession number, study date and flag, those of the lowest percentile first', async () => {
        const endings = [
          { studyDate: '20260103', accessionNumber: 'A1', lowestPercentile: 40, isAlarm: false },
          { studyDate: '20260101', accessionNumber: 'A2', lowestPercentile: 2.5, isAlarm: true },
          { studyDate: '20260102', lowestPercentile: 4, isAlarm: true },
        ]
        for (const summary of endings) {
          await finishNext({ ...succeeded({ v: 1 }), summary } as JobEnding)
        }
        expect(await names({ accessionNumber: 'A2' })).toEqual(['study-B'])
        const dates = { studyDateFrom: '20260102', studyDateTo: '20260103' }
        expect(await names(dates)).toEqual(['study-C', 'study-A'])
        expect(await names({ isAlarm: true })).toEqual(['study-C', 'study-B'])
        const order = 'percentile'
        const ordered = ['study-B', 'study-C', 'study-A']
        expect(await names({ order })).toEqual(ordered)
        expect(await names({ order, limit: 2, offset: 1 })).toEqual(['study-C', 'study-A'])
        const states = ['succeeded', 'queued'] as const
        expect(await names({ order, states })).toEqual(ordered)
        expect(await names({ states, isAlarm: true })).toEqual(['study-C', 'study-B'])
      })

      it('stores the answer to a result, once per previously read answer', async () => {
        const job = await finishNext(succeeded({ v: 1 }))
        const accepted = { answer: 'accepted', by: 'operator', at: 1_700_000_000_000 } as const
        const rejected = {
          answer: 'rejected',
          reason: 'Moved',
          by: 'oidc|7',
          at: 1_700_000_001_000,
        } as const
        expect(await store.answer(job.id, accepted, undefined, false)).toMatchObject({
          answer: accepted,
        })
        expect((await store.find(job.id))?.answer).toEqual(accepted)
        await expect(store.answer(job.id, rejected, undefined, false)).rejects.toMatchObject({
          code: 'ANSWER_REFUSED',
        })
        expect(await names({ isUnanswered: true, states: ['succeeded'] })).toEqual([])
        await store.answer(job.id, rejected, accepted, true)
        expect(await store.followUps.claim('w', 1_000)).toMatchObject({
          id: job.id,
          answer: rejected,
        })
        await store.answer(job.id, rejected, rejected, false)
        await add(study('A', true))
        for (const _ of ['B', 'C', 'D']) await claimed(_)
        const next = await finishNext(succeeded({ v: 2 }, job.id))
        // A new result has no answer yet, and the one it replaced takes none.
        expect(next).toMatchObject({ orthancStudyId: 'study-A', answer: undefined })
        await expect(store.answer(job.id, accepted, rejected, false)).rejects.toThrow(/replaced/)
      })

      it('counts by state and gives the age of the queue', async () => {
        await claimed()
        expect(await store.countByState()).toEqual({
          queued: 3,
          running: 1,
          succeeded: 0,
          unchanged: 0,
          rejected: 0,
          failed: 0,
          cancelled: 0,
        })
        expect(await store.oldestQueuedAt()).toBe(1_700_000_001_000)
      })

      it('filters by trigger, batch and time of creation', async () => {
        const one = { ...study('E'), trigger: 'backfill', batch: 'b1' } as const
        await add(one)
        await add({ ...one, orthancStudyId: 'study-F', batch: 'b2' })
        expect(await names({ batch: 'b1' })).toEqual(['study-E'])
        expect(await names({ triggers: ['backfill'] })).toEqual(['study-F', 'study-E'])
        expect(await names({ triggers: ['hook', 'backfill'], batch: 'b2' })).toEqual(['study-F'])
        const [createdFrom, createdTo] = [1_700_000_001_000, 1_700_000_003_000]
        expect(await names({ createdFrom, createdTo })).toEqual(['study-C', 'study-B'])
        const { total } = await store.list({ createdTo, limit: 1, offset: 0 })
        expect(total).toBe(3)
      })

      it('counts the jobs of one batch or one trigger', async () => {
        await add({ ...study('E'), trigger: 'backfill', batch: 'b1' })
        await add({ ...study('F'), trigger: 'backfill', batch: 'b2' })
        await store.cancel((await add({ ...study('G'), trigger: 'backfill', batch: 'b1' })).id)
        expect(await store.countByState({ batch: 'b1' })).toMatchObject({ queued: 1, cancelled: 1 })
        expect(await store.countByState({ trigger: 'backfill' })).toMatchObject({ queued: 2 })
        expect(await store.countByState({ trigger: 'hook' })).toMatchObject({ queued: 4 })
        expect(await store.countByState({ trigger: 'hook', batch: 'b1' })).toMatchObject({
          queued: 0,
        })
      })

      it('does not count a job that waits for another attempt as old', async () => {
        for (let left = 4; left > 0; left -= 1) {
          await store.retryLater((await claimed()).id, 'a', failure, now + 60_000)
        }
        expect(await store.oldestQueuedAt()).toBeUndefined()
      })

      it('returns undefined for an unknown job', async () => {
        expect(await store.find("x' OR 1=1 --")).toBeUndefined()
      })
    })

    describe('forgetting ended jobs', () => {
      const end = async (name: string, ending: JobEnding) => {
        const { id } = await add(study(name))
        await claimed()
        await store.finish(id, 'a', ending, [])
        now += 1_000
        return id
      }
      const rejected = { state: 'rejected', outcome: {}, error: failure } as const
      const forget = (query: object) =>
        store.deleteEnded({ before: now, states: finalStates, limit: 100, ...query })

      it('starts with those that ended first, up to the limit, and returns them', async () => {
        const ids = [await end('A', rejected), await end('B', rejected), await end('C', rejected)]
        expect(await forget({ limit: 2 })).toEqual(ids.slice(0, 2))
        expect(await store.find(ids[0]!)).toBeUndefined()
        expect(await store.find(ids[2]!)).toBeDefined()
      })

      it('keeps what ended later or in another state', async () => {
        const early = await end('A', rejected)
        const before = now
        await end('B', rejected)
        await end('C', { state: 'failed', outcome: {}, error: failure })
        expect(await forget({ before, states: ['failed'] })).toEqual([])
        expect(await forget({ before })).toEqual([early])
      })

      it('keeps the current result of a study and deletes the one it replaced', async () => {
        const first = await end('A', succeeded({}))
        expect(await forget({})).toEqual([])
        const second = await end('A', succeeded({}, first))
        expect(await forget({})).toEqual([first])
        expect(await store.currentResults('study-A')).toMatchObject([{ id: second }])
      })

      it('keeps a result that is still to be forwarded', async () => {
        const ending = { state: 'succeeded', outcome: {}, predecessorJobId: undefined } as const
        const first = await end('A', { ...ending, followUp: true })
        await end('A', succeeded({}, first))
        expect(await forget({})).toEqual([])
        await store.followUps.claim('f', lease)
        await store.followUps.finish(first, 'f', ending, [])
        expect(await forget({})).toEqual([first])
      })

      it('never deletes jobs that have not ended', async () => {
        await add(study('A'))
        await claimed()
        await add(study('B'))
        expect(await forget({ before: now + 1e9, states: ['queued', 'running'] })).toEqual([])
      })
    })

    describe('marks', () => {
      it('are swapped only from the expected value', async () => {
        expect(await store.swapMark('m', 'x', 'y')).toBe(false)
        expect(await store.readMark('m')).toBeUndefined()
        expect(await store.swapMark('m', undefined, 'x')).toBe(true)
        expect(await store.swapMark('m', undefined, 'z')).toBe(false)
        expect(await store.swapMark('m', 'z', 'y')).toBe(false)
        expect(await store.swapMark('m', 'x', 'y')).toBe(true)
        expect(await store.readMark('m')).toBe('y')
      })

      it('are swapped by one of several concurrent callers', async () => {
        for (const expected of [undefined, 'v0']) {
          const tries = await Promise.all(
            Array.from({ length: 8 }, (_, index) => store.swapMark('m', expected, `w${index}`)),
          )
          expect(tries.filter(Boolean)).toHaveLength(1)
          await store.writeMark('m', 'v0')
        }
      })

      it('are listed by the prefix of their name, without wildcards', async () => {
        for (const name of ['a/2', 'a/1', 'a', 'A/1', 'a%', 'b/1'])
          await store.writeMark(name, name)
        expect(await store.listMarks('a/')).toEqual([
          { name: 'a/1', value: 'a/1' },
          { name: 'a/2', value: 'a/2' },
        ])
        expect(await store.listMarks('a%')).toHaveLength(1)
        expect((await store.listMarks('')).map(({ name }) => name)).toEqual([
          'A/1',
          'a',
          'a%',
          'a/1',
          'a/2',
          'b/1',
        ])
      })

      it('can be removed, once or again', async () => {
        await store.writeMark('m', 'x')
        await store.deleteMark('m')
        await store.deleteMark('m')
        expect(await store.readMark('m')).toBeUndefined()
      })
    })

    it('keeps marks and jobs when it is opened again', async () => {
      expect(await store.readMark('changes')).toBeUndefined()
      await store.writeMark('changes', '41')
      await store.writeMark('changes', '42')
      const job = await add(study('A'))
      await store.close()
      store = await storage.open(() => now)
      expect(await store.readMark('changes')).toBe('42')
      expect(await store.find(job.id)).toEqual(job)
    })

    it('throws QUEUE_UNAVAILABLE once it is closed', async () => {
      await store.close()
      const unavailable = { code: 'QUEUE_UNAVAILABLE', retryable: true }
      await expect(store.enqueue(study('A'))).rejects.toMatchObject(unavailable)
      await expect(store.find('x')).rejects.toMatchObject(unavailable)
    })
  })
}
