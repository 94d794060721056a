import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ExportCsv } from '../../src/http/export-route.ts'
import { apiToken, createTestApp, type TestApp } from '../http/test-app.ts'
import { runCommand } from './run-command.ts'

describe('the command line beside a running service', () => {
  let folder: string
  let test: TestApp
  let url: string
  let asked: Parameters<ExportCsv>[0][]
  let isBroken: boolean

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hippo-command-'))
    asked = []
    isBroken = false
    test = await createTestApp({
      exportCsv: async (request) => {
        asked.push(request)
        return Readable.from(
          (async function* () {
            yield 'a,b\r\n'
            if (isBroken) throw new Error('the archive went away')
          })(),
        )
      },
    })
    url = await test.app.listen({ port: 0, host: '127.0.0.1' })
    vi.stubEnv('API_TOKEN', apiToken)
    vi.stubEnv('HIPPOVOLUME_URL', url)
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    await test.close()
    await rm(folder, { recursive: true })
  })

  it('writes the table of a query into a file', async () => {
    const file = join(folder, 'results.csv')
    const words = ['--from', '2020-01-31', '--patient', 'P1', 'P2', '--pseudonymous']
    expect(await runCommand('export', '-o', file, ...words)).toEqual({
      ...{ exitCode: 0, stdout: '', stderr: '' },
    })
    expect(readFileSync(file, 'utf8')).toBe('a,b\r\n')
    expect(asked[0]).toMatchObject({
      ...{ query: { from: '20200131', patientIds: ['P1', 'P2'] }, pseudonymous: true },
    })
  })

  it('finds the service by HOST and PORT, and the token in a file', async () => {
    vi.stubEnv('HIPPOVOLUME_URL', undefined)
    vi.stubEnv('API_TOKEN', undefined)
    vi.stubEnv('HOST', '0.0.0.0')
    vi.stubEnv('PORT', new URL(url).port)
    const file = join(folder, 'token')
    writeFileSync(file, `${apiToken}\n`)
    vi.stubEnv('API_TOKEN_FILE', file)
    expect(await runCommand('backfill', 'list')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await runCommand('models', 'list')).toMatchObject({ exitCode: 0, stderr: '' })
  })

  it('leaves no incomplete table', async () => {
    isBroken = true
    const file = join(folder, 'results.csv')
    const run = await runCommand('export', '-o', file)
    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
    expect(run.stderr).toMatch(/^hippovolume: The table could not be completed/)
    expect([file, `${file}.part`].filter(existsSync)).toEqual([])
  })

  it('starts, lists and controls backfills', async () => {
    const words = ['--to', '2020-01-31', '--description', 'T1*', '--rate', '12']
    const started = await runCommand('backfill', 'start', ...words)
    const backfill = JSON.parse(started.stdout)
    expect(backfill).toMatchObject({
      ...{ state: 'running', ratePerMinute: 12 },
      query: { to: '2020-01-31', descriptions: ['T1*'] },
    })
    const paused = await runCommand('backfill', 'pause', backfill.id)
    expect(JSON.parse(paused.stdout)).toMatchObject({ id: backfill.id, state: 'paused' })
    const listed = await runCommand('backfill', 'list')
    expect(JSON.parse(listed.stdout).backfills).toHaveLength(1)
  })

  it.each([
    ['a day that is none', ['backfill', 'start', '--from', '2020-02-31'], 2, /is not a valid date/],
    ['no id', ['backfill', 'cancel'], 2, /identifier of the backfill/],
    ['an unknown backfill', ['backfill', 'cancel', 'x'], 1, /There is no backfill/],
    ['no service', ['backfill', 'list', '--url', 'http://127.0.0.1:9'], 1, /No service responds/],
  ])('says what is wrong in one line: %s', async (_, words, exitCode, sentence) => {
    const run = await runCommand(...words)
    expect(run).toMatchObject({ exitCode, stdout: '' })
    expect(run.stderr).toMatch(sentence)
    expect(run.stderr.trim().split('\n')).toHaveLength(1)
  })

  it('refers to PostgreSQL tools instead of a file backup', async () => {
    vi.stubEnv('DATABASE_URL', 'postgres://queue')
    const run = await runCommand('backup', join(folder, 'x'))
    expect(run.exitCode).toBe(2)
    expect(run.stderr).toContain('pg_dump')
  })
})
