import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openJobStore } from '../../src/queue/open-job-store.ts'
import { findFreePort } from '../support/orthanc.ts'

describe('opening the queue that the settings name', () => {
  let folder: string
  let warnings: string[]
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hippo-open-'))
    warnings = []
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const open = (databaseUrl: string | undefined) =>
    openJobStore({
      databaseUrl,
      path: join(folder, 'queue.sqlite'),
      clock: Date.now,
      createId: randomUUID,
      log: { info: () => {}, error: () => {}, warn: (_, message) => warnings.push(message) },
      patienceMilliseconds: 300,
    })

  it('uses the file without PostgreSQL', async () => {
    const store = await open(undefined)
    await store.writeMark('m', 'x')
    expect(await store.readMark('m')).toBe('x')
    await store.close()
  })

  it('waits for an unreachable PostgreSQL, and then reports it', async () => {
    const url = `postgresql://hippovolume:secret-word@127.0.0.1:${await findFreePort()}/postgres`
    const error = await open(url).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'QUEUE_UNAVAILABLE' })
    expect(warnings.length).toBeGreaterThan(0)
    expect(JSON.stringify([error, String(error), warnings])).not.toContain('secret-word')
  })

  it('rejects an invalid address immediately, without repeating it', async () => {
    const error = await open('postgresql://user:secret-word@[').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' })
    expect(String(error)).not.toContain('secret-word')
    expect(warnings).toEqual([])
  })
})
