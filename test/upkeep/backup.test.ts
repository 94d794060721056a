import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { lstat, mkdir, mkdtemp, readdir, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { JobStore } from '../../src/queue/job-store.ts'
import { openSqliteJobStore } from '../../src/queue/sqlite-job-store.ts'
import { makeBackup, restoreBackup } from '../../src/upkeep/backup.ts'

const now = new Date('2026-11-26T12:00:00Z')
const facts = { softwareVersion: '9.8.7', now }

describe('a backup', () => {
  let folder: string
  let data: string
  let target: string
  let open: JobStore[]

  const openStore = () => {
    const path = join(data, 'queue.sqlite')
    const store = openSqliteJobStore({ path, clock: Date.now, createId: randomUUID })
    open.push(store)
    return store
  }
  const enqueue = (store: JobStore, study: string) =>
    store.enqueue({ orthancStudyId: study, studyInstanceUid: study, trigger: 'hook', force: false })
  const studiesOf = async (store: JobStore) =>
    (await store.list({ limit: 100, offset: 0 })).jobs.map((job) => job.orthancStudyId).toSorted()

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hippo-backup-'))
    data = join(folder, 'data')
    target = join(folder, 'backups', 'today')
    open = []
    await mkdir(join(data, 'reports'), { recursive: true })
    await mkdir(join(folder, 'backups'))
    await writeFile(join(data, 'reports', 'a.png'), 'a page')
    await writeFile(join(data, 'reports', 'b.png.part'), 'half a page')
    await mkdir(join(data, 'audit'))
    await writeFile(join(data, 'audit', 'trail.jsonl'), 'who did what')
  })
  afterEach(async () => {
    for (const store of open) await store.close()
    await rm(folder, { recursive: true })
  })

  it('contains the targets of symbolic links, accessible only to its owner', async () => {
    await openStore().writeMark('a', 'b')
    const elsewhere = join(folder, 'elsewhere')
    await mkdir(elsewhere)
    await writeFile(join(elsewhere, 'c.png'), 'a page elsewhere', { mode: 0o644 })
    await symlink(elsewhere, join(data, 'linked'))
    await symlink(join(elsewhere, 'c.png'), join(data, 'reports', 'c.png'))
    await makeBackup(data, target, facts)
    for (const path of [join(target, 'linked', 'c.png'), join(target, 'reports', 'c.png')]) {
      const found = await lstat(path)
      expect(found.isSymbolicLink()).toBe(false)
      expect(found.mode & 0o077).toBe(0)
    }
    expect((await lstat(target)).mode & 0o077).toBe(0)
    expect((await lstat(join(target, 'queue.sqlite'))).mode & 0o077).toBe(0)
  })

  it('is a snapshot of a running service', async () => {
    const store = openStore()
    await enqueue(store, 'one')
    await store.writeMark('sweep', 'here')
    const claimed = await store.claim('worker', 60_000)
    const writing = (async () => {
      for (let count = 0; count < 50; count++) await enqueue(store, `later ${count}`)
    })()
    const manifest = await makeBackup(data, target, facts)
    await writing
    expect(manifest).toMatchObject({
      format: 1,
      softwareVersion: '9.8.7',
      madeAt: now.toISOString(),
    })
    expect((await readdir(target)).toSorted()).toEqual([
      ...['audit', 'backup.json', 'queue.sqlite', 'reports'],
    ])
    expect(await readdir(join(target, 'reports'))).toEqual(['a.png'])
    expect(await readdir(join(folder, 'backups'))).toEqual(['today'])
    // The service did not notice.
    await store.finish(
      ...([
        claimed!.id,
        'worker',
        { state: 'succeeded', outcome: {}, predecessorJobId: undefined },
        [],
      ] as const),
    )
    await store.close()

    const { setAside } = await restoreBackup(target, data, now)
    const restored = openStore()
    const studies = await studiesOf(restored)
    expect(studies).toContain('one')
    expect(studies).toHaveLength(manifest.jobs)
    expect(await restored.readMark('sweep')).toBe('here')
    expect(readFileSync(join(data, 'reports', 'a.png'), 'utf8')).toBe('a page')
    expect(readFileSync(join(data, 'audit', 'trail.jsonl'), 'utf8')).toBe('who did what')
    expect(existsSync(join(setAside!, 'queue.sqlite'))).toBe(true)
    expect(existsSync(join(data, '.restoring'))).toBe(false)
  })

  it('can be restored: running jobs run again, and nothing is mixed up', async () => {
    const store = openStore()
    await enqueue(store, 'running')
    await store.claim('worker', 10)
    await enqueue(store, 'waiting')
    await makeBackup(data, target, facts)
    await enqueue(store, 'forgotten')
    await store.close()
    await restoreBackup(target, data, now)
    const restored = openStore()
    expect(await studiesOf(restored)).toEqual(['running', 'waiting'])
    await new Promise((resolve) => setTimeout(resolve, 20))
    const again = await restored.claim('other', 60_000)
    expect(again).toMatchObject({ orthancStudyId: 'running', attempts: 2 })
    expect(await restored.claim('other', 60_000)).toMatchObject({ orthancStudyId: 'waiting' })
    expect((await enqueue(restored, 'forgotten')).created).toBe(true)
    await restored.close()
    // A second one sets aside what the first put there, not what that set aside.
    const { setAside } = await restoreBackup(target, data, new Date(now.getTime() + 1))
    expect(await readdir(setAside!)).not.toContainEqual(expect.stringMatching(/^before-restore/))
    expect((await readdir(data)).filter((name) => name.startsWith('before'))).toHaveLength(2)
  })

  it('can be restored into an empty folder', async () => {
    const store = openStore()
    await enqueue(store, 'one')
    await makeBackup(data, target, facts)
    await store.close()
    await rm(data, { recursive: true })
    expect((await restoreBackup(target, data, now)).setAside).toBeUndefined()
    expect(await studiesOf(openStore())).toEqual(['one'])
  })

  it('is not restored over a service that runs', async () => {
    const store = openStore()
    await enqueue(store, 'one')
    await makeBackup(data, target, facts)
    await enqueue(store, 'two')
    await expect(restoreBackup(target, data, now)).rejects.toMatchObject({
      code: 'QUEUE_UNAVAILABLE',
      message: expect.stringContaining('Stop every service'),
    })
    expect(await studiesOf(store)).toEqual(['one', 'two'])
    await enqueue(store, 'three')
    await store.close()
    expect(await readdir(data)).not.toContain('.restoring')
  })

  it.each([
    [
      'of a newer version',
      (path: string) => {
        const copy = new DatabaseSync(path)
        copy.exec('PRAGMA user_version = 999')
        copy.close()
      },
      /newer version/,
    ],
    ['that is cut short', (path: string) => truncate(path, 5_000), /damaged|cannot be read/],
    ['without a queue', (path: string) => rm(path), /cannot be read/],
  ])('%s is refused, and nothing is changed', async (_, spoil, sentence) => {
    const store = openStore()
    for (let count = 0; count < 40; count++) await enqueue(store, `study ${count}`)
    await makeBackup(data, target, facts)
    await store.close()
    await spoil(join(target, 'queue.sqlite'))
    await expect(restoreBackup(target, data, now)).rejects.toMatchObject({
      code: 'BACKUP_UNUSABLE',
      message: expect.stringMatching(sentence),
    })
    expect(await studiesOf(openStore())).toHaveLength(40)
  })

  it('of something else is rejected', async () => {
    openStore()
    await expect(restoreBackup(join(folder, 'backups'), data, now)).rejects.toMatchObject({
      code: 'BACKUP_UNUSABLE',
    })
  })

  it('needs an empty folder and a queue', async () => {
    openStore()
    await mkdir(target)
    await writeFile(join(target, 'mine'), 'keep')
    await expect(makeBackup(data, target, facts)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
    expect(await readdir(target)).toEqual(['mine'])
    await expect(makeBackup(join(folder, 'none'), join(folder, 'x'), facts)).rejects.toMatchObject({
      code: 'QUEUE_UNAVAILABLE',
    })
    expect(existsSync(join(folder, 'x'))).toBe(false)
  })
})
