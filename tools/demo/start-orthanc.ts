import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryPath } from '../repository-path.ts'
import { type Child, startChild } from './child-process.ts'
import { findOrthancProgram } from './orthanc-program.ts'
import { waitUntil } from './wait-until.ts'

export interface DemoOrthanc extends Child {
  readonly url: string
  readonly dicomPort: number
  readonly aet: string
  readonly accounts: Readonly<Record<'hippovolume' | 'viewer' | 'demo', string>>
  /** GET with the demo's own account, which neither the service nor the viewer uses. */
  get(path: string, accept?: string): Promise<Response>
}

const secret = () => randomBytes(24).toString('base64url')

/** Starts an Orthanc with the project's configuration, hook and read-only account. */
export async function startOrthanc(options: {
  readonly folder: string
  readonly httpPort: number
  readonly dicomPort: number
  readonly serviceUrl: string
  readonly hookToken: string
  readonly stableAge: number
}): Promise<DemoOrthanc> {
  const storage = join(options.folder, 'orthanc')
  mkdirSync(storage, { recursive: true })
  const program = findOrthancProgram()
  const accounts = { hippovolume: secret(), viewer: secret(), demo: secret() }
  const project = JSON.parse(readFileSync(repositoryPath('orthanc/orthanc.json'), 'utf8'))
  const configuration = {
    ...project,
    StorageDirectory: storage,
    IndexDirectory: storage,
    HttpPort: options.httpPort,
    DicomPort: options.dicomPort,
    RemoteAccessAllowed: false,
    RegisteredUsers: accounts,
    StableAge: options.stableAge,
    Plugins: [program.dicomWebPlugin],
    LuaScripts: [
      repositoryPath('lua/on-stable-study.lua'),
      repositoryPath('orthanc/viewer/read-only-account.lua'),
    ],
    HippoVolume: { ServiceUrl: options.serviceUrl, HookToken: options.hookToken },
  }
  const configurationFile = join(options.folder, 'orthanc.json')
  writeFileSync(configurationFile, JSON.stringify(configuration, null, 2), { mode: 0o600 })
  const child = startChild({
    name: 'Orthanc',
    command: program.command,
    args: [...program.args, configurationFile],
    // Without it every small response waits 40 ms for the acknowledgement of the previous one.
    environment: { TCP_NODELAY: '1', ...program.environment },
    folder: options.folder,
    logFile: join(options.folder, 'logs', 'orthanc.log'),
  })
  const url = `http://127.0.0.1:${options.httpPort}`
  const authorization = `Basic ${Buffer.from(`demo:${accounts.demo}`).toString('base64')}`
  const get = (path: string, accept = 'application/json') =>
    fetch(`${url}${path}`, { headers: { authorization, accept } })
  await waitUntil(child, async () => ((await get('/system')).ok ? true : undefined), 30).catch(
    async (error) => {
      await child.stop(0)
      throw error
    },
  )
  const { DicomAet: aet } = configuration as { DicomAet: string }
  return { ...child, url, dicomPort: options.dicomPort, aet, accounts, get }
}
