import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSqliteJobStore } from '../../src/queue/sqlite-job-store.ts'
import { describeFollowUps } from './follow-up-contract.ts'
import { describeJobStore, type JobStorage } from './job-store-contract.ts'

const temporaryFolder = () => mkdtemp(join(tmpdir(), 'hippo-queue-'))

async function createStorage(): Promise<JobStorage> {
  const folder = await temporaryFolder()
  return {
    open: async (clock) =>
      openSqliteJobStore({ path: join(folder, 'new', 'q.db'), clock, createId: randomUUID }),
    remove: () => rm(folder, { recursive: true }),
  }
}

describeJobStore('SQLite', createStorage)
describeFollowUps('SQLite', createStorage)

/** Brings a file of the newest version back to the second. */
function undoThird(database: DatabaseSync): void {
  const indexes = ['queued', 'batch', 'created', 'forgettable']
  for (const index of [...indexes, 'accession', 'study_date', 'alarm', 'percentile']) {
    database.exec(`DROP INDEX jobs_${index}`)
  }
  const columns = ['answer', 'study_date', 'accession_number', 'lowest_percentile', 'is_alarm']
  for (const column of columns) database.exec(`ALTER TABLE jobs DROP COLUMN ${column}`)
  database.exec(`ALTER TABLE jobs DROP COLUMN rank; ALTER TABLE jobs DROP COLUMN batch;
    CREATE INDEX jobs_queued ON jobs (sequence) WHERE state = 'queued'; PRAGMA user_version = 2`)
}

describe('SQLite job store', () => {
  let folder: string
  let path: string
  const children: ChildProcess[] = []
  const open = (options: { maximumPages?: number } = {}) =>
    openSqliteJobStore({ path, clock: Date.now, createId: randomUUID, ...options })
  const start = (owner: string, task: string) => {
    const program = fileURLToPath(new URL('queue-process.ts', import.meta.url))
    const child = spawn(process.execPath, [program, path, owner, task], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    children.push(child)
    return child
  }
  const request = (index: number) => ({
    orthancStudyId: `study-${index}`,
    studyInstanceUid: `1.2.${index}`,
    trigger: 'hook' as const,
    force: false,
  })

  beforeEach(async () => {
    folder = await temporaryFolder()
    path = join(folder, 'queue.db')
  })
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
    await rm(folder, { recursive: true })
  })

  it('stores nothing once its file was removed, and continues when it is back', async () => {
    const store = open()
    await store.enqueue(request(1))
    await rename(path, `${path}.away`)
    await expect(store.enqueue(request(2))).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' })
    await expect(store.writeMark('ready', '1')).rejects.toThrow(/was removed/)
    await writeFile(path, '')
    await expect(store.enqueue(request(2))).rejects.toThrow(/replaced/)
    await rename(`${path}.away`, path)
    expect((await store.enqueue(request(2))).created).toBe(true)
    await store.close()
  })

  it('is readable only by its owner, whatever the umask and earlier mode', async () => {
    const before = process.umask(0)
    try {
      const modes = async () =>
        Promise.all(
          [path, `${path}-wal`, `${path}-shm`].map(async (file) => (await stat(file)).mode & 0o777),
        )
      const store = open()
      await store.enqueue(request(1))
      expect(await modes()).toEqual([0o600, 0o600, 0o600])
      await store.close()
      await chmod(path, 0o644)
      const again = open()
      await again.enqueue(request(2))
      expect(await modes()).toEqual([0o600, 0o600, 0o600])
      await again.close()
    } finally {
      process.umask(before)
    }
  })

  it('gives each job to one of two concurrent processes', async () => {
    const store = open()
    for (let index = 0; index < 120; index += 1) await store.enqueue(request(index))
    const claims = await Promise.all(
      ['one', 'two'].map((owner) => text(start(owner, 'claim').stdout!)),
    )
    const ids = claims.flatMap((output) => output.trim().split('\n').filter(Boolean))
    expect(ids).toHaveLength(120)
    expect(new Set(ids).size).toBe(120)
    expect((await store.countByState()).succeeded).toBe(120)
    await store.close()
  })

  it('opens while other processes open and write the same new file', async () => {
    const writers = ['one', 'two', 'three'].map((owner) => start(owner, 'enqueue'))
    await Promise.all(writers.map((writer) => once(writer.stdout!, 'data')))
    const store = open()
    expect((await store.list({ limit: 1, offset: 0 })).total).toBeGreaterThanOrEqual(3)
    await store.close()
  })

  it('keeps everything it confirmed after SIGKILL, and returns running jobs again', async () => {
    for (const round of ['a', 'b', 'c']) {
      const writer = start(round, 'enqueue')
      const answered = text(writer.stdout!)
      await once(writer.stdout!, 'data')
      await new Promise((resolve) => setTimeout(resolve, 80))
      writer.kill('SIGKILL')
      const ids = (await answered).split('\n').slice(0, -1)
      let now = Date.now()
      const store = openSqliteJobStore({ path, clock: () => now, createId: randomUUID })
      expect(ids.length).toBeGreaterThan(0)
      for (const id of ids) expect(await store.find(id), `${round} ${id}`).toBeDefined()
      const { jobs } = await store.list({ states: ['running'], limit: 10_000, offset: 0 })
      expect(jobs.length).toBeGreaterThan(0)
      now += 60_001
      const { running } = await store.countByState()
      for (let left = running; left > 0; left -= 1) {
        const job = await store.claim('survivor', 1e9)
        const ending = { state: 'succeeded', outcome: {}, predecessorJobId: undefined } as const
        await store.finish(job!.id, 'survivor', ending, [])
      }
      await store.close()
      const check = new DatabaseSync(path).prepare('PRAGMA integrity_check').get()
      expect(check).toEqual({ integrity_check: 'ok' })
    }
  })

  it('throws DISK_FULL when the disk is full, keeps its data, and continues with free space', async () => {
    await open().close()
    const full = open({ maximumPages: 24 })
    let stored = 0
    const fill = async () => {
      for (; stored < 1_000; stored += 1) await full.enqueue(request(stored))
    }
    await expect(fill()).rejects.toMatchObject({ code: 'DISK_FULL', retryable: true })
    expect(stored).toBeGreaterThan(0)
    expect((await full.countByState()).queued).toBe(stored)
    const job = await full.claim('a', 1_000)
    const ending = {
      state: 'succeeded',
      outcome: 'x'.repeat(20_000),
      predecessorJobId: undefined,
    } as const
    await expect(full.finish(job!.id, 'a', ending, [])).rejects.toMatchObject({ code: 'DISK_FULL' })
    expect(await full.find(job!.id)).toMatchObject({ state: 'running', outcome: undefined })
    await full.close()
    const roomy = open()
    await roomy.finish(job!.id, 'a', ending, [])
    expect((await roomy.enqueue(request(stored))).created).toBe(true)
    await roomy.close()
  })

  it('throws QUEUE_UNAVAILABLE when another process keeps the file locked', async () => {
    const store = open()
    const blocker = new DatabaseSync(path)
    blocker.exec('BEGIN IMMEDIATE')
    await expect(store.enqueue(request(1))).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' })
    blocker.exec('ROLLBACK')
    expect((await store.enqueue(request(1))).created).toBe(true)
    blocker.close()
    await store.close()
  })

  it('migrates a file of the first version with its jobs', async () => {
    const first = open()
    const { job } = await first.enqueue(request(1))
    await first.close()
    const older = new DatabaseSync(path)
    const columns = ['at', 'wait_milliseconds', 'attempts', 'owner']
    undoThird(older)
    older.exec('DROP INDEX jobs_follow_up; PRAGMA user_version = 1')
    for (const column of columns) older.exec(`ALTER TABLE jobs DROP COLUMN follow_up_${column}`)
    older.close()
    const store = open()
    expect(await store.find(job.id)).toEqual(job)
    expect(await store.followUps.count()).toBe(0)
    await store.close()
  })

  it('migrates a file of the second version with its jobs', async () => {
    const first = open()
    const { job } = await first.enqueue({ ...request(1), trigger: 'history' })
    const later = await first.enqueue(request(2))
    await first.close()
    const older = new DatabaseSync(path)
    undoThird(older)
    older.close()
    const store = open()
    expect(await store.find(job.id)).toEqual(job)
    expect((await store.claim('a', 1_000))?.id).toBe(later.job.id)
    expect((await store.claim('a', 1_000))?.id).toBe(job.id)
    await store.close()
  })

  it('rejects a file of a newer version and one that is not a queue', async () => {
    await open().close()
    const newer = new DatabaseSync(path)
    newer.exec('PRAGMA user_version = 99')
    newer.close()
    expect(() => open()).toThrow(/newer version/)
    await writeFile(
      path,
      'this is no database, but it is long enough to be looked at as one'.repeat(99),
    )
    expect(() => open()).toThrow(expect.objectContaining({ code: 'QUEUE_UNAVAILABLE' }))
  })

  it('keeps a write-ahead log', async () => {
    await open().close()
    const database = new DatabaseSync(path)
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
    database.close()
  })

  it('claims and stores quickly with a hundred thousand waiting jobs', async () => {
    const store = open()
    const database = new DatabaseSync(path)
    database.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
      INSERT INTO jobs (id, orthanc_study_id, study_instance_uid, trigger, force, created_at, not_before)
      SELECT 'old-' || i, 'past-' || i, '1.2.' || i, 'backfill', 0, 1, 1 FROM n`)
    database.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
      INSERT INTO jobs (id, orthanc_study_id, study_instance_uid, trigger, force, created_at, not_before)
      SELECT 'job-' || i, 'study-' || i, '1.2.' || i, 'sweep', 0, 1, 1 FROM n`)
    database.close()
    const started = performance.now()
    for (let index = 0; index < 50; index += 1) {
      expect((await store.claim('a', 60_000))?.id).toBe(`job-${index + 1}`)
      await store.enqueue(request(index + 50))
    }
    // About 0.1 s here; a plan that reads the table takes more than 1 s.
    expect(performance.now() - started).toBeLessThan(2_000)
    await store.close()
  })
})
