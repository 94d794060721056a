import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { noTally } from '../../src/backfill/backfill.ts'
import { openBackfillMarks } from '../../src/backfill/backfill-marks.ts'
import { HippoError, recordError } from '../../src/errors.ts'
import type { JobEnding, JobStore } from '../../src/queue/job-store.ts'
import { openSqliteJobStore } from '../../src/queue/sqlite-job-store.ts'
import { removeOld } from '../../src/upkeep/remove-old.ts'
import { createClockTrust } from '../../src/upkeep/trust-clock.ts'

const day = 86_400_000

describe('housekeeping', () => {
  let folder: string
  let reports: string
  let store: JobStore
  let now: number

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hippo-housekeeping-'))
    reports = join(folder, 'reports')
    await mkdir(reports)
    now = Date.parse('2026-01-01')
    const path = join(folder, 'queue.sqlite')
    store = openSqliteJobStore({ path, clock: () => now, createId: randomUUID })
  })
  afterEach(async () => {
    await store.close()
    await rm(folder, { recursive: true })
  })

  async function endJob(study: string, ending: JobEnding): Promise<string> {
    const { job } = await store.enqueue({
      ...{ orthancStudyId: study, studyInstanceUid: study, trigger: 'hook', force: false },
    })
    await store.claim('worker', 60_000)
    await store.finish(job.id, 'worker', ending, [])
    const page = join(reports, `${job.id}.png`)
    await writeFile(page, 'a page')
    await utimes(page, now / 1000, now / 1000)
    return job.id
  }
  const succeeded = (predecessorJobId?: string): JobEnding => ({
    ...{ state: 'succeeded', outcome: {}, predecessorJobId },
  })
  const error = recordError(new HippoError('HEAD_NOT_FOUND', 'No head.'))
  const tidy = (days: number) =>
    removeOld({ store, reports, marks: openBackfillMarks(store), before: now - days * day })

  it('removes old jobs with their pages, and never the current result', async () => {
    const superseded = await endJob('a', succeeded())
    const current = await endJob('a', succeeded(superseded))
    const rejected = await endJob('b', { state: 'rejected', outcome: undefined, error })
    now += 20 * day
    const young = await endJob('c', { state: 'rejected', outcome: undefined, error })
    const { job: waiting } = await store.enqueue({
      ...{ orthancStudyId: 'd', studyInstanceUid: 'd', trigger: 'hook', force: false },
    })
    now += 20 * day

    expect(await tidy(30)).toEqual({ jobs: 2, pages: 3, backfills: 0 })
    expect(await store.find(superseded)).toBeUndefined()
    expect(await store.find(rejected)).toBeUndefined()
    for (const id of [current, young, waiting.id]) expect(await store.find(id)).toBeDefined()
    expect((await store.currentResults('a')).map(({ id }) => id)).toEqual([current])
    // The page of a result that stands is in the archive; its copy here goes as well.
    expect(await readdir(reports)).toEqual([`${young}.png`])
    expect(await tidy(30)).toEqual({ jobs: 0, pages: 0, backfills: 0 })
  })

  it('removes more jobs than fit into one transaction', async () => {
    for (let count = 0; count < 501; count++) {
      const { job } = await store.enqueue({
        ...{ orthancStudyId: `s${count}`, studyInstanceUid: '1', trigger: 'hook', force: false },
      })
      await store.cancel(job.id)
    }
    now += 31 * day
    expect((await tidy(30)).jobs).toBe(501)
  })

  it('removes ended backfills, and no other file than pages', async () => {
    const marks = openBackfillMarks(store)
    const backfill = {
      ...{ ...noTally, query: {}, ratePerMinute: 1, createdBy: 'x', until: '20260101' },
      ...{ place: undefined, worked: 0, failures: 0, createdAt: now },
    }
    await marks.add({ ...backfill, id: 'over', state: 'finished', finishedAt: now })
    await marks.add({ ...backfill, id: 'long', state: 'running' })
    await writeFile(join(reports, 'readme.txt'), 'not mine')
    await utimes(join(reports, 'readme.txt'), 1, 1)
    now += 31 * day
    expect(await tidy(30)).toEqual({ jobs: 0, pages: 0, backfills: 1 })
    expect((await marks.list()).map(({ id }) => id)).toEqual(['long'])
    expect(existsSync(join(reports, 'readme.txt'))).toBe(true)
  })

  it('removes nothing for a day after a clock jump, in this process or an earlier one', async () => {
    let elapsed = 0
    const start = () => createClockTrust({ store, clock: () => now, monotonicClock: () => elapsed })
    const pass = (milliseconds: number) => {
      now += milliseconds
      elapsed += milliseconds
    }
    let isTrusted = start()
    expect(await isTrusted()).toBe(true)
    pass(day / 24)
    expect(await isTrusted()).toBe(true)

    now += 3_650 * day
    expect(await isTrusted()).toBe(false)
    pass(day / 2)
    expect(await isTrusted()).toBe(false)
    // A restart does not make it right.
    isTrusted = start()
    expect(await isTrusted()).toBe(false)
    // Set right again, as if nothing had been.
    now -= 3_650 * day
    expect(await isTrusted()).toBe(true)

    // A service that was off for a month waits its day, then goes on.
    now += 31 * day
    isTrusted = start()
    expect(await isTrusted()).toBe(false)
    for (let hour = 0; hour < 23; hour++) {
      pass(day / 24)
      expect(await isTrusted()).toBe(false)
    }
    pass(day / 24)
    expect(await isTrusted()).toBe(true)
  })
})
