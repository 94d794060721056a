import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openBackfillMarks } from '../../src/backfill/backfill-marks.ts'
import { type BackfillService, createBackfillService } from '../../src/backfill/backfill-service.ts'
import { createBackfillDriver, type DriveOptions } from '../../src/backfill/drive-backfill.ts'
import { addDays } from '../../src/backfill/study-query.ts'
import { HippoError } from '../../src/errors.ts'
import type { JobStore } from '../../src/queue/job-store.ts'
import { openSqliteJobStore } from '../../src/queue/sqlite-job-store.ts'
import { type MadeUpStudy, makeUpArchive, orthancIdOf } from './made-up-archive.ts'

const studies: MadeUpStudy[] = Array.from({ length: 30 }, (_, index) => ({
  uid: `1.2.3.${index}`,
  day: addDays('20200101', index * 3),
  description: index % 2 === 0 ? 'Brain' : 'Knee',
  series: index % 10 === 1 ? ['T1 MPRAGE'] : ['PD'],
}))
const silent = { info: () => {}, warn: () => {} }
const never = new AbortController().signal

describe('a backfill', () => {
  let folder: string
  let store: JobStore
  let now: number
  let service: BackfillService

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hippo-backfill-'))
    now = Date.parse('2026-11-26T12:00:00Z')
    const path = join(folder, 'queue.sqlite')
    store = openSqliteJobStore({ path, clock: () => now, createId: randomUUID })
    service = createBackfillService({
      marks: openBackfillMarks(store),
      jobs: store,
      clock: () => now,
      createId: randomUUID,
    })
  })
  afterEach(async () => {
    await store.close()
    await rm(folder, { recursive: true })
  })

  const start = (changes: Partial<Parameters<BackfillService['create']>[0]> = {}) =>
    service.create({ query: {}, ratePerMinute: 60_000, createdBy: 'operator', ...changes })

  function drive(changes: Partial<DriveOptions> = {}) {
    return createBackfillDriver({
      marks: openBackfillMarks(store),
      jobs: store,
      archive: makeUpArchive(studies),
      owner: 'one',
      maximumAhead: 1_000,
      leaseMilliseconds: 60_000,
      clock: () => now,
      // Every look takes a millisecond.
      monotonicClock: () => monotonic++,
      log: silent,
      ...changes,
    })
  }
  let monotonic = 0

  /** Turns, with a second between them, until the backfill no longer runs or the turns are used up. */
  async function turn(driver: ReturnType<typeof drive>, times = 1): Promise<void> {
    for (let count = 0; count < times; count++) {
      await driver.turn(never)
      now += 1_000
    }
  }

  /** Works off what waits, as workers would; returns the studies in their order. */
  async function workOff(limit = Number.POSITIVE_INFINITY): Promise<string[]> {
    const done: string[] = []
    while (done.length < limit) {
      const job = await store.claim('worker', 60_000)
      if (job === undefined) break
      await store.finish(
        job.id,
        'worker',
        { state: 'succeeded', outcome: {}, predecessorJobId: undefined },
        [],
      )
      done.push(job.studyInstanceUid)
    }
    return done
  }
  const allJobs = async () => (await store.list({ limit: 500, offset: 0 })).jobs

  it('stores a job of its own for every study, the oldest first, and finishes with the last', async () => {
    const { id } = await start()
    const driver = drive()
    await turn(driver, 8)
    expect(await service.find(id)).toMatchObject({
      state: 'running',
      ...{ total: 30, looked: 30, found: 30, enqueued: 30, passedOver: 0, ended: 0 },
      counts: { queued: 30, succeeded: 0 },
    })
    expect((await allJobs()).every((job) => job.batch === id && job.trigger === 'backfill')).toBe(
      true,
    )
    expect(await workOff()).toEqual(studies.map(({ uid }) => uid))
    await turn(driver)
    expect(await service.find(id)).toMatchObject({
      state: 'finished',
      ...{ total: 30, ended: 30, finishedAt: now - 1_000, counts: { succeeded: 30 } },
    })
  })

  it('looks for descriptions of studies and of series', async () => {
    const { id } = await start({ query: { descriptions: ['mprage', 'nothing'] } })
    await turn(drive(), 8)
    expect(await service.find(id)).toMatchObject({ looked: 30, found: 3, enqueued: 3, total: 3 })
    expect(await workOff()).toEqual(['1.2.3.1', '1.2.3.11', '1.2.3.21'])
  })

  it('skips studies that have a result, are already queued, or are still growing', async () => {
    const enqueue = (uid: string) =>
      store.enqueue({
        orthancStudyId: orthancIdOf(uid),
        studyInstanceUid: uid,
        trigger: 'hook',
        force: false,
      })
    await enqueue('1.2.3.0')
    await workOff()
    await enqueue('1.2.3.1')
    const growing = studies.map((study, index) => ({ ...study, isStable: index !== 2 }))
    const { id } = await start()
    await turn(drive({ archive: makeUpArchive(growing) }), 8)
    expect(await service.find(id)).toMatchObject({
      found: 30,
      passedOver: 3,
      enqueued: 27,
      ended: 3,
    })
    expect((await allJobs()).filter(({ batch }) => batch === id)).toHaveLength(27)
  })

  it('limits the number of waiting jobs', async () => {
    const { id } = await start()
    const driver = drive({ maximumAhead: 4 })
    await turn(driver, 5)
    expect((await service.find(id)).counts.queued).toBe(4)
    await workOff(3)
    await turn(driver, 5)
    expect(await service.find(id)).toMatchObject({ enqueued: 7, ended: 3, counts: { queued: 4 } })
  })

  it('keeps its rate, and compensates for pauses between turns', async () => {
    const { id } = await start({ ratePerMinute: 30 })
    const slow = drive()
    await turn(slow, 20)
    expect((await service.find(id)).enqueued).toBe(10)
    await service.cancel(id)
    const fast = await start({ ratePerMinute: 120, query: { from: '20200115' } })
    await turn(slow, 10)
    expect((await service.find(fast.id)).enqueued).toBeGreaterThanOrEqual(18)
    expect((await service.find(fast.id)).enqueued).toBeLessThanOrEqual(22)
  })

  it('estimates the remaining time', async () => {
    const { id } = await start({ ratePerMinute: 60 })
    const driver = drive({ monotonicClock: () => now })
    await turn(driver, 10)
    await workOff()
    // Ten of thirty in ten seconds.
    const { secondsLeft, total } = await service.find(id)
    expect(total).toBe(30)
    expect(secondsLeft).toBeGreaterThan(14)
    expect(secondsLeft).toBeLessThan(26)
  })

  it('can be paused, resumed and cancelled', async () => {
    const { id } = await start()
    const driver = drive({ maximumAhead: 5 })
    await turn(driver, 2)
    expect((await service.pause(id)).state).toBe('paused')
    await workOff(2)
    await turn(driver, 3)
    expect(await service.find(id)).toMatchObject({
      state: 'paused',
      enqueued: 5,
      secondsLeft: undefined,
    })
    expect((await service.resume(id)).state).toBe('running')
    await turn(driver, 3)
    expect((await service.find(id)).enqueued).toBe(7)
    expect(await service.cancel(id)).toMatchObject({
      state: 'cancelled',
      counts: { queued: 0, cancelled: 5, succeeded: 2 },
    })
    await turn(driver, 3)
    expect(await allJobs()).toHaveLength(7)
    await expect(service.resume(id)).rejects.toMatchObject({ code: 'BACKFILL_ENDED' })
    expect((await service.cancel(id)).state).toBe('cancelled')
    await expect(service.pause('none')).rejects.toMatchObject({ code: 'BACKFILL_NOT_FOUND' })
  })

  it('cancels a job that it stored concurrently with its cancellation', async () => {
    const { id } = await start()
    let cancelling: Promise<unknown> | undefined
    const archive = makeUpArchive(studies, async (call) => {
      if (call === 'resolve') cancelling ??= service.cancel(id)
      await cancelling
    })
    await turn(drive({ archive }), 2)
    expect((await allJobs()).map(({ state }) => state)).toEqual(['cancelled'])
  })

  it.each([3, 7, 12, 19])(
    'neither loses nor duplicates jobs when its process dies at call %i',
    async (at) => {
      const { id } = await start({ query: { from: '20191215' } })
      for (let life = 0; life < 60; life++) {
        let calls = 0
        const die = () => {
          calls += 1
          // A dead process writes nothing more, not even that it failed.
          if (calls === at + (life % 5)) dead.abort()
          dead.signal.throwIfAborted()
        }
        const dead = new AbortController()
        const jobs: DriveOptions['jobs'] = {
          enqueue: async (request) => {
            die()
            const answer = await store.enqueue(request)
            die()
            return answer
          },
          list: (query) => store.list(query),
          countByState: (filter) => store.countByState(filter),
          cancel: (jobId) => store.cancel(jobId),
          currentResults: (study) => store.currentResults(study),
        }
        const archive = makeUpArchive(studies, die)
        await drive({ archive, jobs, owner: `life ${life}` }).turn(dead.signal)
        if (life % 3 === 0) await workOff(2)
        now += 61_000
      }
      await workOff()
      await turn(drive({ owner: 'last' }), 3)
      const status = await service.find(id)
      expect(status).toMatchObject({ state: 'finished', found: 30, enqueued: 30, ended: 30 })
      const uids = (await allJobs()).map(({ studyInstanceUid }) => studyInstanceUid)
      expect(uids.toSorted()).toEqual(studies.map(({ uid }) => uid).toSorted())
    },
  )

  it('is driven by one process at a time, and by another once the first stops responding', async () => {
    const { id } = await start()
    const archive = makeUpArchive(studies)
    await turn(drive({ owner: 'one', maximumAhead: 3 }))
    await turn(drive({ owner: 'two', archive }))
    expect(archive.lists).toEqual([])
    now += 61_000
    await turn(drive({ owner: 'two', archive }), 5)
    expect(archive.lists.length).toBeGreaterThan(0)
    expect((await service.find(id)).enqueued).toBe(30)
    expect(await allJobs()).toHaveLength(30)
  })

  it.each([
    ['an archive that is down', 'ARCHIVE_UNREACHABLE'],
    ['one that answers half', 'ARCHIVE_ANSWER_INVALID'],
    ['one that is too slow', 'ARCHIVE_TIMEOUT'],
  ] as const)('waits for %s, longer each time, and continues', async (_, code) => {
    let isWell = false
    let calls = 0
    const archive = makeUpArchive(studies, (call) => {
      if (call === 'list') calls += 1
      if (!isWell) throw new HippoError(code, 'Not now.')
    })
    const { id } = await start()
    const driver = drive({ archive })
    await turn(driver, 120)
    expect(await service.find(id)).toMatchObject({ state: 'running', error: { code } })
    expect(calls).toBeGreaterThan(3)
    expect(calls).toBeLessThan(10)
    isWell = true
    await turn(driver, 300)
    expect(await service.find(id)).toMatchObject({ enqueued: 30, error: undefined })
  })

  it('loses no study when the archive fails occasionally', async () => {
    let calls = 0
    const archive = makeUpArchive(studies, () => {
      calls += 1
      if (calls % 4 === 0) throw new HippoError('ARCHIVE_FAILED', 'Failed with HTTP status 500.')
    })
    const { id } = await start({ query: { descriptions: ['brain', 't1'] } })
    await turn(drive({ archive }), 400)
    await workOff()
    await turn(drive(), 2)
    expect(await service.find(id)).toMatchObject({ looked: 30, found: 18, enqueued: 18 })
  })

  it.each([-86_400_000, 86_400_000])(
    'is not delayed by a clock that jumps by %i ms',
    async (jump) => {
      const { id } = await start({ ratePerMinute: 60 })
      const driver = drive()
      await turn(driver, 5)
      now += jump
      await turn(driver, 6)
      const { enqueued } = await service.find(id)
      expect(enqueued).toBeGreaterThanOrEqual(10)
      expect(enqueued).toBeLessThanOrEqual(15)
      // Nor is another process that takes over.
      now += jump
      await turn(drive({ owner: 'two' }), 70)
      expect((await service.find(id)).enqueued).toBe(30)
    },
  )

  it('continues without a total if studies cannot be counted', async () => {
    const archive = makeUpArchive(studies, (call) => {
      if (call === 'count') throw new HippoError('ARCHIVE_TIMEOUT', 'Too slow.')
    })
    const { id } = await start()
    await turn(drive({ archive, maximumAhead: 3 }), 2)
    expect(await service.find(id)).toMatchObject({ total: undefined, enqueued: 3 })
  })
})
