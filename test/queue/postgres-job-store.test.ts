import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { JobStore } from '../../src/queue/job-store.ts'
import { openPostgresJobStore } from '../../src/queue/postgres-job-store.ts'
import { type RunningPostgres, startPostgres, whyNoPostgres } from '../support/postgres.ts'
import { describeFollowUps } from './follow-up-contract.ts'
import { describeJobStore, type JobStorage } from './job-store-contract.ts'

const reason = whyNoPostgres()
if (reason) console.log(`The queue is not tried on PostgreSQL: ${reason}.`)

const done = { state: 'succeeded', outcome: {}, predecessorJobId: undefined } as const
const request = (index: number) => ({
  orthancStudyId: `study-${index}`,
  studyInstanceUid: `1.2.${index}`,
  trigger: 'hook' as const,
  force: false,
})

describe.skipIf(reason !== undefined)('PostgreSQL', () => {
  let postgres: RunningPostgres
  beforeAll(async () => {
    postgres = await startPostgres({ settings: { fsync: 'off' } })
  })
  afterAll(() => postgres?.stop())

  const open = (clock?: () => number, schema?: string) =>
    openPostgresJobStore({
      url: postgres.url,
      createId: randomUUID,
      onError: () => {},
      ...(clock && { clock }),
      ...(schema !== undefined && { schema }),
    })

  /** Runs a statement as an administrator would. */
  async function administer(sql: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: postgres.url })
    await client.connect()
    try {
      return (await client.query(sql)).rows
    } finally {
      await client.end()
    }
  }
  const empty = () =>
    administer(
      'TRUNCATE hippovolume.jobs, hippovolume.marks, hippovolume_tickets.job RESTART IDENTITY',
    ).then(() => {})

  const createStorage = async (): Promise<JobStorage> => ({ open, remove: empty })
  describeJobStore('PostgreSQL', createStorage)
  describeFollowUps('PostgreSQL', createStorage)

  describe('job store on PostgreSQL for several processes', () => {
    let store: JobStore
    const children: ChildProcess[] = []
    const start = (owner: string, task: string) => {
      const program = fileURLToPath(new URL('queue-process.ts', import.meta.url))
      const child = spawn(process.execPath, [program, postgres.url, owner, task], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      children.push(child)
      return child
    }
    beforeEach(async () => {
      store = await open()
    })
    afterEach(async () => {
      for (const child of children.splice(0)) child.kill('SIGKILL')
      await store.close()
      await empty()
    })

    it('gives each job to one of three concurrent workers', async () => {
      for (let index = 0; index < 120; index += 1) await store.enqueue(request(index))
      const claims = await Promise.all(
        ['one', 'two', 'three'].map((owner) => text(start(owner, 'claim').stdout!)),
      )
      const ids = claims.flatMap((output) => output.trim().split('\n').filter(Boolean))
      expect(ids).toHaveLength(120)
      expect(new Set(ids).size).toBe(120)
      expect((await store.countByState()).succeeded).toBe(120)
    })

    it('never runs two jobs of one study concurrently', async () => {
      const others = await Promise.all(Array.from({ length: 3 }, () => open()))
      const stores = [store, ...others]
      for (let round = 0; round < 10; round += 1) {
        await store.enqueue(request(round))
        await store.enqueue({ ...request(round), force: true })
        await store.enqueue({ ...request(round), trigger: 'history' })
        const claims = await Promise.all(
          stores.map((one, i) => one.claim(`r${round}/${i}`, 60_000)),
        )
        expect(claims.filter((job) => job !== undefined)).toHaveLength(1)
        for (let left = claims.find((job) => job !== undefined); left !== undefined; ) {
          await store.finish(left.id, left.leaseOwner!, done, [])
          left = await store.claim(`r${round}`, 60_000)
        }
      }
      expect(await store.countByState()).toMatchObject({ succeeded: 30, queued: 0, running: 0 })
      await Promise.all(others.map((one) => one.close()))
    })

    it('stores one job when several processes receive many notifications of a study at once', async () => {
      const other = await open()
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, index) => (index % 2 ? store : other).enqueue(request(1))),
      )
      expect(answers.filter(({ created }) => created)).toHaveLength(1)
      await other.close()
    })

    it('keeps everything it confirmed after SIGKILL, and returns running jobs again', async () => {
      const writer = start('a', 'enqueue')
      const answered = text(writer.stdout!)
      await once(writer.stdout!, 'data')
      await new Promise((resolve) => setTimeout(resolve, 300))
      writer.kill('SIGKILL')
      const ids = (await answered).split('\n').slice(0, -1)
      for (const id of ids) expect(await store.find(id)).toBeDefined()
      const { running } = await store.countByState()
      expect(running).toBeGreaterThan(0)
      await administer(
        'UPDATE hippovolume.jobs SET lease_expires_at = 1 WHERE lease_expires_at > 0',
      )
      const again = await Promise.all(
        Array.from({ length: running }, () => store.claim('survivor', 60_000)),
      )
      expect(again.every((job) => job?.attempts === 2)).toBe(true)
    })

    it('finds jobs whose tickets were deleted', async () => {
      await store.enqueue(request(1))
      await administer('DELETE FROM hippovolume_tickets.job')
      const other = await open()
      expect(await other.claim('a', 60_000)).toMatchObject({ orthancStudyId: 'study-1' })
      await other.close()
    })

    it('leaves no tickets behind, whatever the end of the jobs', async () => {
      const jobs = []
      for (let index = 0; index < 4; index += 1) {
        jobs.push((await store.enqueue(request(index))).job)
      }
      await store.cancel(jobs[3]!.id)
      for (const job of jobs.slice(0, 2)) {
        await store.claim('a', 60_000)
        await store.finish(job.id, 'a', done, [])
      }
      await store.claim('a', 60_000)
      await store.cancel(jobs[2]!.id)
      await store.release(jobs[2]!.id, 'a')
      expect(await store.claim('a', 60_000)).toBeUndefined()
      const [row] = await administer('SELECT count(*) AS tickets FROM hippovolume_tickets.job')
      expect(row).toEqual({ tickets: '0' })
    })

    it('opens while others create the same new schema', async () => {
      const opened = await Promise.all(Array.from({ length: 4 }, () => open(undefined, 'fresh')))
      await opened[0]!.enqueue(request(1))
      expect(await opened[3]!.claim('a', 60_000)).toMatchObject({ orthancStudyId: 'study-1' })
      await Promise.all(opened.map((one) => one.close()))
      await administer('DROP SCHEMA fresh, fresh_tickets CASCADE')
    })

    it('rejects a schema of a newer version, and accepts its own again', async () => {
      await administer('UPDATE hippovolume.schema_version SET version = version + 1')
      await expect(open()).rejects.toMatchObject({
        code: 'QUEUE_UNAVAILABLE',
        stage: 'startup',
        message: expect.stringMatching(/newer version/),
      })
      // The older process that is still running goes on.
      expect((await store.enqueue(request(1))).created).toBe(true)
      await administer('UPDATE hippovolume.schema_version SET version = version - 1')
      await (await open()).close()
    })

    it('claims and stores about as quickly with forty thousand waiting jobs as with none', async () => {
      const median = async (work: (index: number) => Promise<void>) => {
        const times: number[] = []
        for (let index = 0; index < 25; index += 1) {
          const started = performance.now()
          await work(index)
          times.push(performance.now() - started)
        }
        return times.toSorted((a, b) => a - b)[12]!
      }
      const among = async (first: string | undefined, from: number) =>
        median(async (index) => {
          await store.enqueue(request(from + index))
          const job = await store.claim('a', 60_000)
          expect(job?.orthancStudyId).toBe(first ?? `study-${from + index}`)
          await store.release(job!.id, 'a')
          if (first === undefined) await store.cancel(job!.id)
        })
      const alone = await among(undefined, 100_000)
      await administer(`INSERT INTO hippovolume.jobs
          (id, orthanc_study_id, study_instance_uid, trigger, force, ticket, created_at, not_before)
        SELECT 'job-' || i, 'study-' || i, '1.2.' || i, CASE WHEN i > 20000 THEN 'backfill' ELSE 'sweep' END,
          0, gen_random_uuid(), 1, 1 FROM generate_series(1, 40000) AS i;
        INSERT INTO hippovolume_tickets.job (id, name, data, priority, created_on)
        SELECT ticket, 'studies', json_build_object('jobId', id), (2 - rank) * 2,
          now() - interval '1 hour' + sequence * interval '1 ms'
        FROM hippovolume.jobs WHERE state = 'queued';
        ANALYZE hippovolume.jobs; ANALYZE hippovolume_tickets.job`)
      // A plan that reads the tables takes ten times as long.
      expect(await among('study-1', 200_000)).toBeLessThan(5 * alone)
    })
  })

  describe('job store on a PostgreSQL that goes away', () => {
    const unavailable = { code: 'QUEUE_UNAVAILABLE', retryable: true }
    let store: JobStore
    beforeEach(async () => {
      store = await open()
    })
    afterEach(async () => {
      await store.close()
      await empty()
    })

    it('throws QUEUE_UNAVAILABLE meanwhile and recovers automatically, with all data', async () => {
      const { job } = await store.enqueue(request(1))
      const held = await store.claim('a', 60_000)
      await postgres.halt()
      await expect(store.enqueue(request(2))).rejects.toMatchObject(unavailable)
      await expect(store.claim('a', 60_000)).rejects.toMatchObject(unavailable)
      await expect(store.heartbeat(job.id, 'a', 60_000)).rejects.toMatchObject(unavailable)
      await expect(store.find(job.id)).rejects.toMatchObject(unavailable)
      await expect(open()).rejects.toMatchObject(unavailable)
      await postgres.start()
      await store.heartbeat(held!.id, 'a', 60_000)
      await store.finish(job.id, 'a', done, [])
      expect((await store.enqueue(request(2))).created).toBe(true)
      expect(await store.claim('a', 60_000)).toMatchObject({ orthancStudyId: 'study-2' })
    })

    it('returns a job whose claim was interrupted again, whether or not it was committed', async () => {
      const count = 80
      for (let index = 0; index < count; index += 1) await store.enqueue(request(index))
      const { promise: inTheMiddle, resolve: reachMiddle } = Promise.withResolvers<void>()
      let [claimed, cut] = [0, 0]
      const claimAll = async () => {
        for (;;) {
          try {
            if ((await store.claim('a', 1_500)) === undefined) return
            claimed += 1
            if (claimed === 5) reachMiddle()
          } catch (error) {
            expect(error).toMatchObject(unavailable)
            cut += 1
            await new Promise((resolve) => setTimeout(resolve, 20))
          }
        }
      }
      const claiming = Promise.all([claimAll(), claimAll(), claimAll()])
      await inTheMiddle
      await postgres.kill()
      await postgres.start()
      await claiming
      expect(cut).toBeGreaterThan(0)
      expect(await store.countByState()).toMatchObject({ running: count, queued: 0 })
      await new Promise((resolve) => setTimeout(resolve, 1_600))
      for (let left = count; left > 0; left -= 1) {
        const job = await store.claim('b', 60_000)
        await store.finish(job!.id, 'b', done, [])
      }
      expect(await store.countByState()).toMatchObject({ succeeded: count, running: 0 })
      expect(await store.claim('b', 60_000)).toBeUndefined()
    })
  })
})
