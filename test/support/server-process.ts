import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

export interface ServerProgram {
  readonly name: string
  /** Arguments of setpriv: what the program runs as, `--`, the program and its own arguments. */
  readonly command: readonly string[]
  readonly folder: string
  /** Appended to, over restarts. */
  readonly logFile: string
  readonly environment?: Readonly<Record<string, string>> | undefined
  /** Whether it answers. */
  readonly isUp: () => Promise<boolean>
  readonly startSeconds: number
}

export interface ServerProcess {
  readLog(): string
  /** Starts it unless it runs, and waits until it answers; throws with the end of its log. */
  start(): Promise<void>
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<void>
}

/** A server of Debian's that a test starts and ends as it likes; it dies with the test's process. */
export function controlServer(program: ServerProgram): ServerProcess {
  const { name, command, folder, logFile, environment, isUp, startSeconds } = program
  let child: ChildProcess | undefined
  const readLog = () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '')

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = child
    child = undefined
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return
    const exited = once(ending, 'exit')
    ending.kill(signal)
    await exited
  }

  async function start(): Promise<void> {
    if (child) return
    const log = openSync(logFile, 'a')
    // setpriv: a test process that is killed must not leave its servers behind.
    child = spawn('setpriv', ['--pdeathsig', 'KILL', ...command], {
      cwd: folder,
      env: { PATH: process.env.PATH, LANG: 'C.UTF-8', ...environment },
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    const deadline = Date.now() + 1000 * startSeconds
    while (!(await isUp())) {
      if (child.exitCode !== null || Date.now() > deadline) {
        await end('SIGKILL')
        throw new Error(`${name} did not start:\n${readLog().slice(-4000)}`)
      }
      await sleep(25)
    }
  }

  return { readLog, start, end }
}
