import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'

export interface Child {
  readonly name: string
  readonly logFile: string
  /** Resolves when the process has ended, in any way. */
  readonly ended: Promise<void>
  isRunning(): boolean
  /** Ends the process with SIGTERM, after `patience` milliseconds with SIGKILL. */
  stop(patience?: number): Promise<void>
  /** The last lines of its output. */
  tail(): string
}

/**
 * Starts a program whose output goes to a log file. It gets only the given environment, and ends
 * with this process, even if this process is killed.
 */
export function startChild(options: {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly folder: string
  readonly logFile: string
}): Child {
  const log = openSync(options.logFile, 'a')
  const tie = existsSync('/usr/bin/setpriv') ? ['setpriv', '--pdeathsig', 'TERM', '--'] : []
  const [command, ...args] = [...tie, options.command, ...options.args] as [string, ...string[]]
  const child = spawn(command, args, {
    cwd: options.folder,
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8', ...options.environment },
    stdio: ['ignore', log, log],
    // A Ctrl-C in the terminal is for the demo, which then ends its children one by one.
    detached: true,
  })
  closeSync(log)
  const ended = Promise.race([once(child, 'exit'), once(child, 'error')]).then(
    () => {},
    () => {},
  )
  const isRunning = () =>
    child.pid !== undefined && child.exitCode === null && child.signalCode === null
  return {
    name: options.name,
    logFile: options.logFile,
    ended,
    isRunning,
    tail: () => readFileSync(options.logFile, 'utf8').trimEnd().split('\n').slice(-15).join('\n'),
    stop: async (patience = 10_000) => {
      if (!isRunning()) return
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), patience)
      await ended
      clearTimeout(timer)
    },
  }
}
