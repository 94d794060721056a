import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resolveManifest } from '../../src/wiring/shipped-model.ts'
import { testModel } from '../support/service.ts'
import { mountDisk, noDisk, unmountDisk } from './small-disk.ts'

const main = join(import.meta.dirname, '../../src/main.ts')

interface LogLine {
  readonly level: number
  readonly code?: string
  readonly msg: string
}

describe('a service that cannot start', () => {
  let folder: string
  let other: Server

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hippovolume-start-'))
    other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
  })
  afterAll(() => {
    other.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Runs the service until it ends; `changes` of undefined leave a variable out. */
  async function run(changes: Record<string, string | undefined>) {
    const environment = {
      PATH: process.env.PATH,
      PORT: '0',
      DATA_DIR: join(folder, 'data'),
      API_TOKEN: 'api-token-0123456789',
      HOOK_TOKEN: 'hook-token-0123456789',
      ORTHANC_URL: 'http://127.0.0.1:9',
      ORTHANC_USER: 'hippovolume',
      ORTHANC_PASSWORD: 'secret-of-the-archive',
      MODEL_MANIFEST: testModel,
      SWEEP_SECONDS: '0',
      ...changes,
    }
    const child = spawn(process.execPath, [main], {
      env: environment as NodeJS.ProcessEnv,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const output = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk) => (output.stdout += chunk))
    child.stderr.on('data', (chunk) => (output.stderr += chunk))
    const timer = setTimeout(() => child.kill('SIGKILL'), 40_000)
    const [exitCode] = await once(child, 'close')
    clearTimeout(timer)
    return { exitCode, ...output }
  }

  /** A copy of the model with one byte of its weights changed. */
  function alterModel(): string {
    const manifest = resolveManifest(testModel)
    const { file } = JSON.parse(readFileSync(manifest, 'utf8')) as { file: string }
    const copy = join(folder, 'altered')
    cpSync(manifest, join(copy, basename(manifest)))
    const weights = readFileSync(join(dirname(manifest), file))
    weights[weights.length >> 1]! ^= 1
    writeFileSync(join(copy, file), weights)
    return join(copy, basename(manifest))
  }

  async function expectRefusal(
    changes: Record<string, string | undefined>,
    code: string,
    sentence: RegExp,
  ): Promise<void> {
    const { exitCode, stdout, stderr } = await run(changes)
    expect(stderr).toBe('')
    expect(exitCode).toBe(1)
    const lines = stdout.trim().split('\n')
    expect(lines).toHaveLength(1)
    const line = JSON.parse(lines[0]!) as LogLine
    expect(line).toMatchObject({ level: 60, code })
    expect(line.msg).toMatch(sentence)
    expect(stdout).not.toContain('secret-of-the-archive')
  }

  it.each([
    [
      'because a variable is missing',
      () => ({ API_TOKEN: undefined, ORTHANC_USER: undefined }),
      'CONFIG_INVALID',
      /^The configuration is not usable: API_TOKEN is not set; ORTHANC_USER is not set\.$/,
    ],
    [
      'because both tokens are the same',
      () => ({ HOOK_TOKEN: 'api-token-0123456789' }),
      'CONFIG_INVALID',
      /API_TOKEN and HOOK_TOKEN must differ/,
    ],
    [
      'because the model is not there',
      () => ({ MODEL_MANIFEST: join(folder, 'nowhere.json') }),
      'MODEL_MISSING',
      /nowhere\.json does not exist\.$/,
    ],
    [
      'because a byte of the model was altered',
      () => ({ MODEL_MANIFEST: alterModel() }),
      'MODEL_ALTERED',
      /does not match its manifest .+ Restore the original file\.$/,
    ],
    [
      'because another program holds its port',
      () => ({ PORT: String((other.address() as { port: number }).port) }),
      'CONFIG_INVALID',
      /^Port \d+ of 127\.0\.0\.1 cannot be used; another program may be using it\.$/,
    ],
    [
      'because its folder cannot be made',
      () => ({ DATA_DIR: '/dev/null/hippovolume' }),
      'CONFIG_INVALID',
      /^DATA_DIR names .+, which cannot be made\.$/,
    ],
  ])('%s says so in one line and ends with 1', async (_why, changes, code, sentence) => {
    await expectRefusal(changes(), code, sentence)
  })

  it('because its folder is not writable says so as well', async ({ skip }) => {
    // Root may write wherever it can be written at all.
    const isRoot = process.getuid?.() === 0
    const disk = isRoot ? mountDisk('ro') : undefined
    skip(isRoot && disk === undefined, noDisk)
    const path = disk ?? mkdtempSync(join(folder, 'read-only-'))
    try {
      if (!isRoot) chmodSync(path, 0o555)
      const sentence = /^DATA_DIR names .+, which cannot be written to\.$/
      await expectRefusal({ DATA_DIR: path }, 'CONFIG_INVALID', sentence)
    } finally {
      unmountDisk(disk)
    }
  })
})
