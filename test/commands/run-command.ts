import { execFile } from 'node:child_process'
import { join } from 'node:path'

const command = join(import.meta.dirname, '../../bin/hippovolume.js')

export interface CommandResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command line as a user does and returns how it ended; never throws for an exit code. */
export function runCommand(...args: string[]): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [command, ...args],
      { maxBuffer: 64 * 2 ** 20, timeout: 50_000 },
      (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : error.code
        if (typeof exitCode === 'number') resolve({ exitCode, stdout, stderr })
        else reject(error)
      },
    )
  })
}
