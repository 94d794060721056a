import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { findFreePort } from './orthanc.ts'
import { controlServer } from './server-process.ts'

const versions = '/usr/lib/postgresql'

export interface RunningPostgres {
  /** postgresql://..., as DATABASE_URL takes it. */
  readonly url: string
  readLog(): string
  start(): Promise<void>
  /** Ends it in good order, without waiting for its clients; start() brings it back with its data. */
  halt(): Promise<void>
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

function findPrograms(): string | undefined {
  if (!existsSync(versions)) return undefined
  const folders = readdirSync(versions).sort((a, b) => Number(b) - Number(a))
  return folders
    .map((name) => join(versions, name, 'bin'))
    .find((bin) => existsSync(join(bin, 'initdb')))
}

/** Whom the server runs as: PostgreSQL refuses to be root. */
function findUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const entry = /^postgres:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'))
  return entry ? { uid: Number(entry[1]), gid: Number(entry[2]) } : { uid: 65534, gid: 65534 }
}

/** Why no server can be started here; undefined where one can. */
export function whyNoPostgres(): string | undefined {
  return findPrograms() === undefined
    ? 'PostgreSQL is not installed (Debian: postgresql); sh tools/bootstrap.sh test installs it'
    : undefined
}

/**
 * Starts a PostgreSQL server of its own: a free port of this machine, a temporary folder, an ordinary
 * user. Always stop() it; it also dies with the process that started it.
 */
export async function startPostgres(
  options: { settings?: Readonly<Record<string, string>> } = {},
): Promise<RunningPostgres> {
  const bin = findPrograms()
  if (bin === undefined) throw new Error(whyNoPostgres())
  const user = findUser()
  const folder = mkdtempSync(join(tmpdir(), 'hippovolume-postgres-'))
  const [data, logFile] = [join(folder, 'data'), join(folder, 'postgres.log')]
  const password = randomUUID()
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, password)
  if (user) for (const path of [folder, passwordFile]) chownSync(path, user.uid, user.gid)
  chmodSync(folder, 0o700)
  const asUser = user
    ? ['--reuid', String(user.uid), '--regid', String(user.gid), '--clear-groups']
    : []
  const environment = { PATH: process.env.PATH, LANG: 'C.UTF-8' }
  const initialize = [
    '-D',
    data,
    '-U',
    'hippovolume',
    '-A',
    'scram-sha-256',
    '-E',
    'UTF8',
    '--no-sync',
  ]
  execFileSync(
    'setpriv',
    [...asUser, '--', join(bin, 'initdb'), ...initialize, '--pwfile', passwordFile],
    { cwd: folder, env: environment as NodeJS.ProcessEnv, stdio: 'pipe' },
  )
  const port = await findFreePort()
  const url = `postgresql://hippovolume:${password}@127.0.0.1:${port}/postgres`
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    ...options.settings,
  }
  async function isUp(): Promise<boolean> {
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => {})
    return client.connect().then(
      async () => {
        await client.end()
        return true
      },
      () => false,
    )
  }

  const given = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const { readLog, start, end } = controlServer({
    name: 'PostgreSQL',
    command: [...asUser, '--', join(bin, 'postgres'), '-D', data, '-p', String(port), ...given],
    folder,
    logFile,
    isUp,
    startSeconds: 60,
  })

  async function stop(): Promise<void> {
    await end('SIGQUIT')
    rmSync(folder, { recursive: true, force: true })
  }

  await start().catch(async (error) => {
    await stop()
    throw error
  })
  return {
    url,
    readLog,
    start,
    halt: () => end('SIGINT'),
    kill: () => end('SIGQUIT'),
    stop,
  }
}
