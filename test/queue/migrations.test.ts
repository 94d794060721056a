import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSqliteJobStore } from '../../src/queue/sqlite-job-store.ts'
import { knownVersion, migrations } from '../../src/queue/sqlite-schema.ts'

const noon = Date.parse('2026-11-26T12:00:00Z')

/** Columns that the first version had; every later one can hold such a row. */
const row = {
  id: 'queued',
  orthanc_study_id: 'study-1',
  study_instance_uid: '1.2.3',
  trigger: 'hook',
  force: 0,
  created_at: noon,
  not_before: noon,
}
const lease = { lease_owner: 'dead', lease_expires_at: noon + 1_000, lease_milliseconds: 1_000 }
const outcome = JSON.stringify({ result: { runNumber: 1 } })
/** What lists are searched by is taken out of results that were there before. */
const placed = JSON.stringify({
  result: {
    runNumber: 1,
    subject: { studyDate: '20260101' },
    norms: {
      alarmPercentile: 5,
      sides: [{ percentile: { value: 40 } }, { percentile: { value: 3.5 } }],
    },
  },
})
const rows: readonly object[] = [
  row,
  { ...row, id: 'history', orthanc_study_id: 'study-2', trigger: 'history' },
  { ...row, id: 'running', orthanc_study_id: 'study-3', state: 'running', attempts: 1, ...lease },
  {
    ...{ ...row, id: 'old', orthanc_study_id: 'study-4', state: 'succeeded', finished_at: noon },
    ...{ outcome, superseded_by_job_id: 'new' },
  },
  {
    ...{ ...row, id: 'new', orthanc_study_id: 'study-4', state: 'succeeded', finished_at: noon },
    ...{
      outcome: placed,
      predecessor_job_id: 'old',
      run_number: 1,
      timings: '[{"stage":"infer","milliseconds":5}]',
    },
  },
  {
    ...{
      ...row,
      id: 'rejected',
      orthanc_study_id: 'study-5',
      state: 'rejected',
      finished_at: noon,
    },
    error: JSON.stringify({
      code: 'HEAD_NOT_FOUND',
      stage: 'localize',
      retryable: false,
      message: 'No.',
    }),
  },
]

/** A file as the given version of the schema wrote it, with jobs in every state. */
function writeOldFile(path: string, version: number): void {
  const database = new DatabaseSync(path)
  database.exec('PRAGMA journal_mode = WAL')
  for (const migration of migrations.slice(0, version)) database.exec(migration)
  database.exec(`PRAGMA user_version = ${version}`)
  for (const values of rows) {
    const names = Object.keys(values)
    const sql = `INSERT INTO jobs (${names}) VALUES (${names.map((name) => `:${name}`)})`
    database.prepare(sql).run(values as Record<string, string | number>)
  }
  database.prepare("INSERT INTO marks (name, value) VALUES ('sweep', 'here')").run()
  database.close()
}

const versions = Array.from({ length: knownVersion }, (_, index) => index + 1)

describe('a queue of an earlier version', () => {
  let folder: string
  let path: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hippo-migrations-'))
    path = join(folder, 'queue.sqlite')
  })
  afterEach(() => rm(folder, { recursive: true }))

  const open = () => openSqliteJobStore({ path, clock: () => noon + 5_000, createId: randomUUID })
  const describeSchema = (file: string) => {
    const database = new DatabaseSync(file, { readOnly: true })
    const sql = 'SELECT type, name, tbl_name FROM sqlite_schema ORDER BY name'
    const columns = database.prepare("SELECT name, type, hidden FROM pragma_table_xinfo('jobs')")
    const schema = [database.prepare(sql).all(), columns.all()]
    database.close()
    return schema
  }

  it.each(versions)('%i is migrated with every job, mark and order unchanged', async (version) => {
    writeOldFile(path, version)
    const store = open()
    try {
      const { jobs } = await store.list({ limit: 100, offset: 0 })
      expect(jobs.map(({ id }) => id)).toEqual([
        'rejected',
        'new',
        'old',
        'running',
        'history',
        'queued',
      ])
      expect(jobs[0]?.error).toMatchObject({ code: 'HEAD_NOT_FOUND', message: 'No.' })
      expect(jobs[1]).toMatchObject({
        ...{ state: 'succeeded', predecessorJobId: 'old', runNumber: 1, batch: undefined },
        ...{
          outcome: { result: { runNumber: 1 } },
          timings: [{ stage: 'infer', milliseconds: 5 }],
        },
      })
      expect(jobs[2]).toMatchObject({ supersededByJobId: 'new' })
      const alarms = { isAlarm: true, studyDateFrom: '20260101', limit: 9, offset: 0 }
      // The newest version was written without what it would have filled in.
      const found = (await store.list(alarms)).jobs.map(({ id }) => id)
      expect(found).toEqual(version < knownVersion ? ['new'] : [])
      expect((await store.currentResults('study-4')).map(({ id }) => id)).toEqual(['new'])
      expect(await store.readMark('sweep')).toBe('here')
      expect(await store.followUps.count()).toBe(0)

      // And is worked on: the job of the dead worker and what waited, then what waits unhurriedly.
      const claimed: (string | undefined)[] = []
      for (let count = 0; count < 4; count++) claimed.push((await store.claim('me', 60_000))?.id)
      expect(claimed.slice(0, 2).toSorted()).toEqual(['queued', 'running'])
      expect(claimed.slice(2)).toEqual(['history', undefined])
      const ending = { state: 'succeeded', outcome: {}, predecessorJobId: undefined } as const
      await store.finish('queued', 'me', { ...ending, followUp: true }, [])
      expect(await store.followUps.count()).toBe(1)
      const study = { orthancStudyId: 'study-9', studyInstanceUid: '9', force: false } as const
      const added = await store.enqueue({ ...study, trigger: 'backfill', batch: 'past' })
      expect(added.job.batch).toBe('past')
      expect(await store.swapMark('sweep', 'here', 'there')).toBe(true)
    } finally {
      await store.close()
    }
  })

  it.each(versions)('%i ends with the same schema as a new file', async (version) => {
    writeOldFile(path, version)
    await open().close()
    const fresh = join(folder, 'fresh.sqlite')
    await openSqliteJobStore({ path: fresh, clock: () => noon, createId: randomUUID }).close()
    expect(describeSchema(path)).toEqual(describeSchema(fresh))
  })

  it('is unchanged if the migration fails', async () => {
    writeOldFile(path, 1)
    const spoiled = new DatabaseSync(path)
    spoiled.exec('CREATE INDEX jobs_follow_up ON jobs (id)')
    spoiled.close()
    const before = describeSchema(path)
    expect(() => open()).toThrow(/jobs_follow_up already exists/)
    expect(describeSchema(path)).toEqual(before)
  })

  it('is not opened if a newer version wrote it', () => {
    writeOldFile(path, knownVersion)
    const newer = new DatabaseSync(path)
    newer.exec(`PRAGMA user_version = ${knownVersion + 1}`)
    newer.close()
    expect(() => open()).toThrow(/newer version/)
  })
})
