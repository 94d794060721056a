import { randomInt, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findOrthancProgram } from '../../tools/demo/orthanc-program.ts'
import { controlServer } from './server-process.ts'

const repository = new URL('../../', import.meta.url).pathname
const program = findOrthancProgram()

export interface OrthancOptions {
  /** Base URL of the service the hook calls; the hook script is loaded only when this is given. */
  hookUrl?: string
  hookToken?: string
  /** Seconds without new instances after which a study is stable. */
  stableAge?: number
  /** False starts Orthanc without the DICOMweb plugin. */
  dicomWeb?: boolean
  /** Merged over everything else into Orthanc's configuration. */
  configuration?: Record<string, unknown>
  environment?: Record<string, string>
}

export interface RunningOrthanc {
  readonly url: string
  readonly httpPort: number
  readonly dicomPort: number
  readonly aet: string
  readonly user: string
  readonly password: string
  readonly storageFolder: string
  /** Everything Orthanc logged so far, over restarts. */
  readLog(): string
  /** fetch against Orthanc with the account's credentials; `path` starts with a slash. */
  request(path: string, init?: RequestInit): Promise<Response>
  /** Uploads Part 10 files through REST; returns the Orthanc ids of instance and study. */
  upload(file: Uint8Array): Promise<{ instanceId: string; studyId: string; seriesId: string }>
  /** Ends Orthanc in good order and keeps its storage; start() or restart() brings it back. */
  halt(): Promise<void>
  /** Ends Orthanc without warning (SIGKILL) and keeps its storage. */
  kill(): Promise<void>
  start(): Promise<void>
  restart(): Promise<void>
  /** Ends Orthanc and removes its storage. */
  stop(): Promise<void>
}

export function isOrthancInstalled(): boolean {
  return existsSync(program.command) && existsSync(program.dicomWebPlugin)
}

/**
 * A port that is free now and likely to stay so until it is used: drawn from below the range from which
 * the system gives ports to outgoing connections and to other tests' servers (ip_local_port_range).
 */
export async function findFreePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = randomInt(10_000, 32_000)
    const server = createServer().listen(port, '127.0.0.1')
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
  throw new Error('no free port found')
}

/**
 * Starts a real Orthanc with the project's configuration and hook, on free ports of this machine and a
 * storage folder of its own. Always stop() it; it also dies with the process that started it.
 */
export async function startOrthanc(options: OrthancOptions = {}): Promise<RunningOrthanc> {
  const folder = mkdtempSync(join(tmpdir(), 'hippovolume-orthanc-'))
  const storageFolder = join(folder, 'storage')
  const logFile = join(folder, 'orthanc.log')
  const [httpPort, dicomPort] = [await findFreePort(), await findFreePort()]
  const url = `http://127.0.0.1:${httpPort}`
  const user = 'hippovolume'
  const password = randomUUID()
  const template = JSON.parse(readFileSync(join(repository, 'orthanc/orthanc.json'), 'utf8'))
  const configuration = {
    ...template,
    StorageDirectory: storageFolder,
    IndexDirectory: storageFolder,
    HttpPort: httpPort,
    DicomPort: dicomPort,
    RemoteAccessAllowed: false,
    RegisteredUsers: { [user]: password },
    StableAge: options.stableAge ?? 1,
    Plugins: options.dicomWeb === false ? [] : [program.dicomWebPlugin],
    LuaScripts: options.hookUrl === undefined ? [] : [join(repository, 'lua/on-stable-study.lua')],
    HippoVolume: { ServiceUrl: options.hookUrl ?? '', HookToken: options.hookToken ?? '' },
    ...options.configuration,
  }
  await writeFile(join(folder, 'orthanc.json'), JSON.stringify(configuration, null, 2))

  const request: RunningOrthanc['request'] = (path, init = {}) =>
    fetch(`${url}${path}`, {
      ...init,
      headers: {
        authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
        ...init.headers,
      },
    })

  const { readLog, start, end } = controlServer({
    name: 'Orthanc',
    command: ['--', program.command, ...program.args, join(folder, 'orthanc.json')],
    folder,
    logFile,
    environment: { TCP_NODELAY: '1', ...program.environment, ...options.environment },
    isUp: async () => {
      const answer = await request('/system').catch(() => undefined)
      await answer?.arrayBuffer()
      return answer?.ok === true
    },
    startSeconds: 30,
  })

  async function upload(file: Uint8Array) {
    const answer = await request('/instances', { method: 'POST', body: new Uint8Array(file) })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`Orthanc refused an upload: ${answer.status} ${text}`)
    const { ID, ParentStudy, ParentSeries } = JSON.parse(text) as Record<string, string>
    return { instanceId: ID!, studyId: ParentStudy!, seriesId: ParentSeries! }
  }

  async function stop(): Promise<void> {
    await end('SIGKILL') // in good order takes 3.5 s, and the storage goes anyway
    rmSync(folder, { recursive: true, force: true })
  }

  await start().catch((error) => {
    rmSync(folder, { recursive: true, force: true })
    throw error
  })
  return {
    url,
    httpPort,
    dicomPort,
    aet: configuration.DicomAet,
    user,
    password,
    storageFolder,
    readLog,
    request,
    upload,
    halt: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    start,
    restart: async () => {
      await end('SIGTERM')
      await start()
    },
    stop,
  }
}
