import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findFreePort } from './orthanc.ts'

const repository = new URL('../../', import.meta.url).pathname

/** Manifest of the model under test, as MODEL_MANIFEST takes it: the shipped one unless told otherwise. */
export const testModel = process.env.HIPPO_TEST_MODEL ?? 'builtin'

export interface ServiceOptions {
  /** Base URL and account of the archive. */
  archive: { url: string; user: string; password: string }
  /** Taken before it starts, so that Orthanc's hook can be told of it. */
  port?: number
  environment?: Record<string, string | undefined>
  /** How long it may take to start; longer on a machine that is kept busy on purpose. */
  startSeconds?: number
}

export interface RunningService {
  readonly url: string
  readonly apiToken: string
  readonly hookToken: string
  /** Folder of the queue and the pages; kept until stop(). */
  readonly dataFolder: string
  readonly pid: number | undefined
  readonly exitCode: number | null | undefined
  readLog(): string
  /** fetch with the API token; `path` starts with a slash. */
  request(path: string, init?: RequestInit): Promise<Response>
  /** The same, parsed as JSON; throws for anything but 2xx. */
  json<Answer>(path: string, init?: RequestInit): Promise<Answer>
  /** Starts it, or starts it again; `changes` to its environment stay. */
  start(changes?: Record<string, string>): Promise<void>
  /** Ends it with SIGTERM and waits; keeps its data. */
  halt(): Promise<void>
  /** Ends it with SIGKILL; keeps its data. */
  kill(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

/** Starts the real service as a process of its own, with fresh tokens and an empty queue. */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const service = await prepareService(options)
  await service.start().catch(async (error) => {
    await service.stop()
    throw error
  })
  return service
}

/** The same without starting it. */
export async function prepareService(options: ServiceOptions): Promise<RunningService> {
  const folder = mkdtempSync(join(tmpdir(), 'hippovolume-service-'))
  const dataFolder = join(folder, 'data')
  const logFile = join(folder, 'service.log')
  const port = options.port ?? (await findFreePort())
  const url = `http://127.0.0.1:${port}`
  const [apiToken, hookToken] = [randomBytes(24).toString('hex'), randomBytes(24).toString('hex')]
  const environment: Record<string, string | undefined> = {
    PATH: process.env.PATH,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    HOST: '127.0.0.1',
    PORT: String(port),
    DATA_DIR: dataFolder,
    API_TOKEN: apiToken,
    HOOK_TOKEN: hookToken,
    ORTHANC_URL: options.archive.url,
    ORTHANC_USER: options.archive.user,
    ORTHANC_PASSWORD: options.archive.password,
    MODEL_MANIFEST: testModel,
    LEASE_SECONDS: '2',
    RETRY_BASE_SECONDS: '0.2',
    RETRY_MAX_SECONDS: '2',
    SWEEP_SECONDS: '2',
    ...options.environment,
  }
  let child: ChildProcess | undefined

  const readLog = () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '')
  const request: RunningService['request'] = (path, init = {}) =>
    fetch(`${url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${apiToken}`, ...init.headers },
    })

  async function start(changes: Record<string, string> = {}): Promise<void> {
    Object.assign(environment, changes)
    const log = openSync(logFile, 'a')
    const command = ['--pdeathsig', 'KILL', '--', process.execPath, join(repository, 'src/main.ts')]
    child = spawn('setpriv', command, {
      cwd: folder,
      env: environment as NodeJS.ProcessEnv,
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    const deadline = Date.now() + (options.startSeconds ?? 90) * 1000
    for (;;) {
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
        throw new Error(`The service did not start:\n${readLog().slice(-4000)}`)
      }
      const answer = await fetch(`${url}/health/live`).catch(() => undefined)
      await answer?.arrayBuffer()
      if (answer?.ok) return
      await sleep(20)
    }
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }

  return {
    url,
    apiToken,
    hookToken,
    dataFolder,
    get pid() {
      return child?.pid
    },
    get exitCode() {
      return child?.exitCode
    },
    readLog,
    request,
    async json<Answer>(path: string, init?: RequestInit) {
      const answer = await request(path, init)
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text}`)
      return JSON.parse(text) as Answer
    },
    start,
    halt: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    async stop() {
      await end('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
