import { createReadStream } from 'node:fs'
import {
  appendFile,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AuditEntry, AuditTrail } from '../../src/audit/audit-entry.ts'
import { type AuditTrailOptions, openAuditTrail } from '../../src/audit/open-audit-trail.ts'
import { splitLines } from '../../src/audit/split-lines.ts'
import { verifyAudit } from '../../src/audit/verify-audit.ts'

async function* each(lines: readonly string[]) {
  yield* lines
}
const verify = (lines: readonly string[], known?: string[]) => verifyAudit(each(lines), known)
const cancel = (jobId: string): AuditEntry => ({
  who: 'c.bauer',
  role: 'operator',
  what: 'cancelJob',
  jobId,
  outcome: 'done',
})

describe('the audit trail', () => {
  let folder: string
  let time: number
  let id: number
  const opened: AuditTrail[] = []

  function open(more: Partial<AuditTrailOptions> = {}): AuditTrail {
    const createId = () => `chain${id++}`
    const trail = openAuditTrail({ folder, clock: () => time++, createId, ...more })
    opened.push(trail)
    return trail
  }
  async function readAll(trail: AuditTrail): Promise<string[]> {
    const lines: string[] = []
    for await (const line of trail.read()) lines.push(line)
    return lines
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hippo-audit-'))
    time = Date.UTC(2026, 10, 26, 3)
    id = 1
  })
  afterEach(async () => {
    for (const trail of opened.splice(0)) await trail.close()
    await rm(folder, { recursive: true })
  })

  /** Two starts of the service with two and three entries. */
  async function writeTwoChains(): Promise<string[]> {
    const first = open()
    for (const job of ['a', 'b']) await first.record(cancel(job))
    await first.close()
    const second = open()
    for (const job of ['c', 'd', 'e']) await second.record(cancel(job))
    return readAll(second)
  }

  it('records who did what to which job, when, and with which outcome', async () => {
    const trail = open()
    await trail.record({ ...cancel('a'), details: { status: 202 } })
    const entry = JSON.parse((await readAll(trail)).at(-1) ?? '')
    expect(entry).toMatchObject({ ...cancel('a'), details: { status: 202 }, number: 2 })
    expect(entry.time).toMatch(/^2026-11-26T03:00:00/)
  })

  it('creates no file before the first entry', async () => {
    open()
    expect(await readdir(folder)).toEqual([])
  })

  it('is complete after restarts, and readable only by its owner', async () => {
    const lines = await writeTwoChains()
    const { entries, heads, faults } = await verify(lines)
    expect(faults).toEqual([])
    expect(entries).toBe(7)
    expect(heads.size).toBe(2)
    for (const file of await readdir(folder)) {
      expect((await stat(join(folder, file))).mode & 0o077).toBe(0)
    }
  })

  it('keeps the order of concurrent entries', async () => {
    const trail = open()
    const jobs = Array.from({ length: 200 }, (_, index) => `job${index}`)
    await Promise.all(jobs.map((job) => trail.record(cancel(job))))
    const lines = await readAll(trail)
    expect(lines.slice(1).map((line) => JSON.parse(line).jobId)).toEqual(jobs)
    expect((await verify(lines)).faults).toEqual([])
  })

  it('may be written by several processes at once, each with its own chain', async () => {
    const [one, other] = [open(), open()]
    for (let round = 0; round < 5; round++) {
      await Promise.all([one.record(cancel(`a${round}`)), other.record(cancel(`b${round}`))])
    }
    await Promise.all([one.close(), other.close()])
    const third = open()
    await third.record(cancel('c'))
    const lines = await readAll(third)
    expect(await verify(lines)).toMatchObject({ entries: 14, faults: [] })
    const gone = lines.filter((line) => !line.includes('"jobId":"b4"'))
    expect((await verify(gone)).faults, 'the third chain links to both').toHaveLength(1)
  })

  it.each<[string, (lines: string[]) => string[]]>([
    ['a changed word', (all) => all.map((line) => line.replace('"jobId":"b"', '"jobId":"x"'))],
    ['a line left out', (all) => all.toSpliced(1, 1)],
    ['the last line of an earlier chain left out', (all) => all.toSpliced(2, 1)],
    ['a first line left out', (all) => all.toSpliced(3, 1)],
    ['an earlier chain left out', (all) => all.slice(3)],
    ['two lines in the other order', (all) => [...all.slice(0, 4), all[5]!, all[4]!, all[6]!]],
    ['a line twice', (all) => [...all, all[6]!]],
    ['a line without hash', (all) => [...all, '{"who":"nobody"}']],
    ['half a line', (all) => [...all.slice(0, 6), all[6]!.slice(0, 40)]],
  ])('shows %s', async (_, change) => {
    const lines = await writeTwoChains()
    expect((await verify(change(lines))).faults.length).toBeGreaterThan(0)
  })

  it('truncated at its end is detected with a hash recorded elsewhere', async () => {
    const lines = await writeTwoChains()
    const head = opened.at(-1)?.head()
    expect(head).toMatchObject({ entries: 4 })
    expect((await verify(lines.slice(0, -1))).faults).toEqual([])
    expect((await verify(lines, [head?.hash ?? ''])).faults).toEqual([])
    expect((await verify(lines.slice(0, -1), [head?.hash ?? ''])).faults).toHaveLength(1)
  })

  it('counts the entries that no external hash confirms: appended or rewritten ones', async () => {
    const lines = await writeTwoChains()
    const head = opened.at(-1)?.head()?.hash ?? ''
    expect(await verify(lines)).toMatchObject({ faults: [], unvouched: 7 })
    expect(await verify(lines, [head])).toMatchObject({ faults: [], unvouched: 0 })
    const forger = open()
    await forger.record(cancel('forged'))
    const longer = await readAll(forger)
    expect(await verify(longer, [head])).toMatchObject({ faults: [], unvouched: 2 })
    const middle = JSON.parse(lines[4]!).hash as string
    expect(await verify(lines, [middle])).toMatchObject({ faults: [], unvouched: 2 })
    const anew = longer.filter((line) => line.includes('"chain":"20261126'))
    expect((await verify(anew, ['0'.repeat(63)])).faults).toHaveLength(1)
  })

  it('may contain subjects with Unicode line separators', async () => {
    const trail = open()
    await trail.record({ ...cancel('a'), who: 'one\u2028two\u2029three\u0085four\nfive' })
    const lines = await readAll(trail)
    expect(lines).toHaveLength(2)
    expect(lines[1]).not.toMatch(/[\u0085\u2028\u2029]/)
    expect((await verify(lines)).faults).toEqual([])
    const [file = ''] = await readdir(folder)
    const read: string[] = []
    for await (const line of splitLines(createReadStream(join(folder, file)))) read.push(line)
    expect(read).toEqual(lines)
  })

  it('is not ready, and records nothing, once its file was removed', async () => {
    const trail = open()
    await trail.record(cancel('a'))
    const [file = ''] = await readdir(folder)
    const path = join(folder, file)
    await rename(path, `${path}.away`)
    await expect(trail.check()).rejects.toMatchObject({ code: 'AUDIT_UNWRITABLE' })
    await expect(trail.record(cancel('b'))).rejects.toMatchObject({ code: 'AUDIT_UNWRITABLE' })
    await expect(trail.check()).rejects.toMatchObject({ code: 'AUDIT_UNWRITABLE' })
    await rename(`${path}.away`, path)
    await trail.record(cancel('c'))
    await expect(trail.check()).resolves.toBeUndefined()
    const lines = await readAll(trail)
    expect((await verify(lines)).faults).toEqual([])
    expect(lines.some((line) => line.includes('"jobId":"c"'))).toBe(true)
  })

  it('is complete without an unfinished line after a power failure', async () => {
    const first = open()
    await first.record(cancel('a'))
    await first.close()
    const [file = ''] = await readdir(folder)
    await appendFile(join(folder, file), '{"chain":"x","numb')
    const second = open()
    await second.record(cancel('b'))
    const lines = await readAll(second)
    expect(lines).toHaveLength(4)
    expect((await verify(lines)).faults).toEqual([])
  })

  it('continues in a new chain when one has grown large', async () => {
    const trail = open({ largestChain: 1_000 })
    for (let round = 0; round < 20; round++) await trail.record(cancel(`job${round}`))
    expect((await readdir(folder)).length).toBeGreaterThan(3)
    const lines = await readAll(trail)
    expect(lines.filter((line) => line.includes('cancelJob'))).toHaveLength(20)
    expect((await verify(lines)).faults).toEqual([])
  })

  it('reports that it cannot be written, and continues in a new chain once it can', async () => {
    const trail = open()
    await trail.record(cancel('a'))
    await trail.close()
    let isFull = false
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    const other = open({
      async openFile(path) {
        return {
          async appendFile(text) {
            if (!isFull) return appendFile(path, String(text))
            await appendFile(path, String(text).slice(0, 10))
            throw full
          },
          async datasync() {},
          async close() {},
        }
      },
    })
    await other.record(cancel('b'))
    isFull = true
    await expect(other.record(cancel('c'))).rejects.toMatchObject({
      code: 'AUDIT_UNWRITABLE',
      retryable: true,
    })
    await expect(other.record(cancel('d'))).rejects.toMatchObject({ code: 'AUDIT_UNWRITABLE' })
    await expect(other.check()).rejects.toMatchObject({ code: 'AUDIT_UNWRITABLE' })
    isFull = false
    await other.check()
    await other.record(cancel('e'))
    const lines = await readAll(other)
    const jobs = lines.map((line) => JSON.parse(line).jobId).filter(Boolean)
    expect(jobs).toEqual(['a', 'b', 'e'])
    expect((await verify(lines)).faults).toEqual([])
  })

  it('does not change earlier entries', async () => {
    const first = open()
    await first.record(cancel('a'))
    await first.close()
    const [file = ''] = await readdir(folder)
    const before = await readFile(join(folder, file), 'utf8')
    await writeFile(join(folder, 'notes.txt'), 'not a chain')
    await open().record(cancel('b'))
    expect(await readFile(join(folder, file), 'utf8')).toBe(before)
  })
})
