import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HippoError, recordError } from '../../src/errors.ts'
import type { JobStore } from '../../src/queue/job-store.ts'
import type { JobStorage } from './job-store-contract.ts'

const lease = 10_000
const failure = recordError(new HippoError('FORWARD_FAILED', 'Not yet.'))

/** What every store of the queue must do for what is left to do with results. */
export function describeFollowUps(name: string, createStorage: () => Promise<JobStorage>): void {
  describe(`follow-ups on ${name}`, () => {
    let storage: JobStorage
    let store: JobStore
    let now: number

    beforeEach(async () => {
      now = 1_700_000_000_000
      storage = await createStorage()
      store = await storage.open(() => now)
    })
    afterEach(async () => {
      await store.close()
      await storage.remove()
    })

    /** Ends a job of a study in success, with or without something left to do. */
    async function succeed(study: string, followUp: boolean): Promise<string> {
      const request = { orthancStudyId: study, studyInstanceUid: '1.2', trigger: 'hook' } as const
      const { job } = await store.enqueue({ ...request, force: false })
      await store.claim('worker', lease)
      const outcome = { study }
      await store.finish(
        job.id,
        'worker',
        { state: 'succeeded', outcome, predecessorJobId: undefined, followUp },
        [],
      )
      return job.id
    }
    async function askAnew(study: string, predecessorJobId: string): Promise<void> {
      const request = {
        orthancStudyId: study,
        studyInstanceUid: '1.2',
        trigger: 'request',
      } as const
      const { job } = await store.enqueue({ ...request, force: false })
      await store.claim('worker', lease)
      const ending = { state: 'unchanged', outcome: {}, predecessorJobId, followUp: true } as const
      await store.finish(job.id, 'worker', ending, [])
    }
    const claim = (owner = 'a') => store.followUps.claim(owner, lease)
    const done = { state: 'succeeded', outcome: undefined, predecessorJobId: undefined } as const

    it('become due when their job has succeeded, not before', async () => {
      await succeed('plain', false)
      expect(await claim()).toBeUndefined()
      const id = await succeed('forwarded', true)
      expect(await store.followUps.count()).toBe(1)
      expect(await claim()).toMatchObject({ id, state: 'succeeded', attempts: 1, leaseOwner: 'a' })
      expect(await claim('b')).toBeUndefined()
    })

    it('do not change the ended job', async () => {
      const id = await succeed('A', true)
      const before = await store.find(id)
      await claim()
      expect(await store.find(id)).toEqual(before)
      await store.followUps.finish(id, 'a', done, [])
      expect(await store.find(id)).toEqual(before)
      expect(await store.followUps.count()).toBe(0)
      expect(await claim()).toBeUndefined()
    })

    it('store their result on the job', async () => {
      const id = await succeed('A', true)
      await claim()
      await store.followUps.recordOutcome(id, 'a', { step: 1 })
      expect((await store.find(id))?.outcome).toEqual({ step: 1 })
      await store.followUps.finish(id, 'a', { ...done, outcome: { step: 2 } }, [])
      expect((await store.find(id))?.outcome).toEqual({ step: 2 })
    })

    it('become due after their wait, with their attempts counted', async () => {
      const id = await succeed('A', true)
      await claim()
      await store.followUps.retryLater(id, 'a', failure, now + 5_000)
      now += 4_999
      expect(await claim()).toBeUndefined()
      now += 1
      expect(await claim('b')).toMatchObject({ id, attempts: 2 })
    })

    it('do not count a returned attempt', async () => {
      const id = await succeed('A', true)
      await claim()
      await store.followUps.release(id, 'a')
      expect(await claim('b')).toMatchObject({ id, attempts: 1 })
    })

    it('are claimed by another worker if theirs died, which then may not write any more', async () => {
      const id = await succeed('A', true)
      await claim()
      now += lease - 1
      expect(await store.followUps.heartbeat(id, 'a', lease)).toEqual({ cancelRequested: false })
      now += lease - 1
      expect(await claim('b')).toBeUndefined()
      now += 1
      expect(await claim('b')).toMatchObject({ id, attempts: 2 })
      const lost = { code: 'LEASE_LOST' }
      const { followUps } = store
      await expect(followUps.heartbeat(id, 'a', lease)).rejects.toMatchObject(lost)
      await expect(followUps.recordOutcome(id, 'a', {})).rejects.toMatchObject(lost)
      await expect(followUps.finish(id, 'a', done, [])).rejects.toMatchObject(lost)
      await expect(followUps.retryLater(id, 'a', failure, now)).rejects.toMatchObject(lost)
      await expect(followUps.release(id, 'a')).rejects.toMatchObject(lost)
    })

    it('restart when requested again, whether ended, waiting or never started', async () => {
      const ended = await succeed('ended', true)
      await claim()
      await store.followUps.finish(ended, 'a', done, [])
      await askAnew('ended', ended)
      expect(await claim()).toMatchObject({ id: ended, attempts: 1 })
      await store.followUps.retryLater(ended, 'a', failure, now + 60_000)
      await askAnew('ended', ended)
      expect(await claim()).toMatchObject({ id: ended, attempts: 1 })
      const never = await succeed('never', false)
      await askAnew('never', never)
      expect(await claim()).toMatchObject({ id: never, attempts: 1 })
    })

    it('that are requested again while running run once more afterwards', async () => {
      const id = await succeed('A', true)
      await claim()
      await askAnew('A', id)
      expect(await claim('b')).toBeUndefined()
      await store.followUps.finish(id, 'a', done, [])
      expect(await claim('b')).toMatchObject({ id, attempts: 1 })
    })

    it('are not delayed by a clock that was set back', async () => {
      const id = await succeed('A', true)
      await claim()
      await store.followUps.retryLater(id, 'a', failure, now + 5_000)
      now -= 3_600_000
      expect(await claim()).toBeUndefined()
      now += 5_000
      expect(await claim()).toMatchObject({ id })
    })

    it('neither block nor are blocked by the jobs of their study', async () => {
      const id = await succeed('A', true)
      const request = { orthancStudyId: 'A', studyInstanceUid: '1.2', trigger: 'hook' } as const
      const { job } = await store.enqueue({ ...request, force: false })
      expect(await claim()).toMatchObject({ id })
      expect(await store.claim('worker', lease)).toMatchObject({ id: job.id })
    })

    it('survive a restart', async () => {
      const id = await succeed('A', true)
      await store.close()
      store = await storage.open(() => now)
      expect(await claim()).toMatchObject({ id, outcome: { study: 'A' } })
    })
  })
}
