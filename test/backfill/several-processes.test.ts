import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBackfillMarks } from '../../src/backfill/backfill-marks.ts'
import { createBackfillService } from '../../src/backfill/backfill-service.ts'
import { createBackfillDriver } from '../../src/backfill/drive-backfill.ts'
import { addDays } from '../../src/backfill/study-query.ts'
import type { JobStore } from '../../src/queue/job-store.ts'
import { openPostgresJobStore } from '../../src/queue/postgres-job-store.ts'
import { openSqliteJobStore } from '../../src/queue/sqlite-job-store.ts'
import { type RunningPostgres, startPostgres, whyNoPostgres } from '../support/postgres.ts'
import { makeUpArchive } from './made-up-archive.ts'

const noPostgres = whyNoPostgres()
if (noPostgres) console.log(`Backfills are not tried on PostgreSQL: ${noPostgres}.`)

const studies = Array.from({ length: 40 }, (_, index) => ({
  uid: `1.2.3.${index}`,
  day: addDays('20200101', index),
}))

describe.each([
  ['in a file', false],
  ['on PostgreSQL', true],
])('a backfill that several processes drive at once, %s', (_, isPostgres) => {
  let postgres: RunningPostgres | undefined
  let folder: string
  let open: () => JobStore | Promise<JobStore>

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hippo-backfill-'))
    const path = join(folder, 'queue.sqlite')
    open = () => openSqliteJobStore({ path, clock: Date.now, createId: randomUUID })
    if (!isPostgres || noPostgres) return
    postgres = await startPostgres({ settings: { fsync: 'off' } })
    const { url } = postgres
    open = () => openPostgresJobStore({ url, createId: randomUUID, onError: () => {} })
  })
  afterAll(async () => {
    await postgres?.stop()
    await rm(folder, { recursive: true })
  })

  it('stores each job once, although leases are lost constantly', async ({ skip }) => {
    skip(isPostgres && noPostgres !== undefined, noPostgres ?? '')
    const stores = await Promise.all([open(), open(), open()])
    try {
      const service = createBackfillService({
        ...{ marks: openBackfillMarks(stores[0]!), jobs: stores[0]! },
        ...{ clock: Date.now, createId: randomUUID },
      })
      const { id } = await service.create({
        ...{ query: { from: '20200101' }, ratePerMinute: 60_000, createdBy: 'operator' },
      })
      const never = new AbortController().signal
      const drivers = stores.map((store, index) => {
        // Clocks that are a quarter of an hour apart and more: no lease holds between them.
        const clock = () => Date.now() + index * 1_000_000
        return createBackfillDriver({
          ...{ marks: openBackfillMarks(store), jobs: store, archive: makeUpArchive(studies) },
          ...{ owner: `process ${index}`, maximumAhead: 1_000, leaseMilliseconds: 60_000, clock },
          monotonicClock: () => performance.now(),
          log: { info: () => {}, warn: () => {} },
        })
      })
      const isWalked = async () => (await service.find(id)).looked >= studies.length
      for (let turns = 0; turns < 400 && !(await isWalked()); turns++) {
        await Promise.all(drivers.map((driver) => driver.turn(never)))
      }
      expect(await service.find(id)).toMatchObject({
        ...{ looked: 40, found: 40, enqueued: 40, passedOver: 0, error: undefined },
      })
      const { jobs } = await stores[1]!.list({ batch: id, limit: 500, offset: 0 })
      expect(jobs.map(({ studyInstanceUid }) => studyInstanceUid).toSorted()).toEqual(
        studies.map(({ uid }) => uid).toSorted(),
      )
    } finally {
      for (const store of stores) await store.close()
    }
  }, 120_000)
})
