import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findFreePort } from './orthanc.ts'

/** DCMTK's receiver of C-STORE, as a PACS that can be made to behave badly. */
export interface RunningStorescp {
  readonly port: number
  /** Files it received, by their names (SOP class and SOP Instance UID). */
  files(): ReadonlyMap<string, Buffer>
  /** Times an instance arrived, counting repeated ones. */
  countArrivals(): number
  /** Starts it, or starts it again, with further arguments of storescp, on the same port. */
  start(...options: string[]): Promise<void>
  /** Ends it without warning; what it received stays. */
  kill(): Promise<void>
  /** Ends it and removes what it received. */
  stop(): Promise<void>
}

export function isStorescpInstalled(): boolean {
  return existsSync('/usr/bin/storescp')
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** A receiver on a free port that is down until start(). It dies with the process that started it. */
export async function prepareStorescp(): Promise<RunningStorescp> {
  const folder = mkdtempSync(join(tmpdir(), 'hippovolume-storescp-'))
  const port = await findFreePort()
  let log = ''
  let child: ChildProcess | undefined

  async function kill(): Promise<void> {
    const ending = child
    child = undefined
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return
    const exited = once(ending, 'exit')
    ending.kill('SIGKILL')
    await exited
  }

  return {
    port,
    files: () =>
      new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))])),
    countArrivals: () => log.match(/Received Store Request/g)?.length ?? 0,
    async start(...options) {
      await kill()
      const command = ['--pdeathsig', 'KILL', '--', 'storescp', '--verbose', '-aet', 'STORESCP']
      child = spawn('setpriv', [...command, '-od', folder, ...options, String(port)], {
        env: { PATH: process.env.PATH, TCP_NODELAY: '1' },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      for (const stream of [child.stdout, child.stderr]) {
        stream?.on('data', (text: Buffer) => {
          log += text.toString('latin1')
        })
      }
      while (!(await isListening(port))) {
        if (child.exitCode !== null) throw new Error(`storescp did not start:\n${log}`)
        await sleep(20)
      }
    },
    kill,
    async stop() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
