import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import type { ReadMutant } from './reader-process.ts'

/** The outcome of a mutant: its reader's reply, or how the reader ended. */
export type Fate =
  | { readonly kind: 'read'; readonly mutant: ReadMutant }
  | {
      readonly kind: 'crash' | 'hang' | 'memory'
      readonly index: number
      readonly detail: string
    }

export interface ReaderLimits {
  /** Processor time one mutant may take. */
  readonly seconds: number
  /** Memory above which a reader is replaced, so that the next mutant is judged separately. */
  readonly peakBytes: number
}

/** Wall time after which even a starved reader is killed. */
const patience = 12
const ticksPerSecond = 100

/** Processor time of a process so far (fields 14 and 15 of /proc/PID/stat), seconds. */
function readProcessorTime(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ')
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
  } catch {
    return 0
  }
}

/** Peak memory of a process so far (VmHWM of /proc/PID/status), bytes. */
function readPeakMemory(pid: number): number {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!
    return Number(kibibytes) * 1024
  } catch {
    return 0
  }
}

/**
 * A process that reads mutants, monitored and replaced if it dies, hangs or uses too much memory.
 * `program` sends 'ready', then replies to each number with a ReadMutant.
 */
export function createReader(
  runSeed: number,
  { seconds, peakBytes }: ReaderLimits,
  program = new URL('./reader-process.ts', import.meta.url),
) {
  let child: ChildProcess | undefined
  let complaints = ''

  function drop(): void {
    child?.kill('SIGKILL')
    child = undefined
  }

  async function start(): Promise<ChildProcess> {
    const started = fork(program, [String(runSeed)], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    complaints = ''
    started.stderr?.on('data', (chunk) => {
      complaints = (complaints + chunk).slice(-2000)
    })
    setPriority(started.pid!, 10)
    await new Promise<void>((resolve, reject) => {
      started.once('message', () => resolve())
      started.once('exit', () => reject(new Error(`A reader did not start: ${complaints}`)))
    })
    started.removeAllListeners('exit')
    return started
  }

  async function read(index: number): Promise<Fate> {
    child ??= await start()
    const reader = child
    const before = readProcessorTime(reader.pid!)
    const begun = performance.now()
    const fate = await new Promise<Fate>((resolve) => {
      const timer = setInterval(() => {
        const used = readProcessorTime(reader.pid!) - before
        const passed = (performance.now() - begun) / 1000
        if (used > seconds || passed > seconds * patience) {
          settle({
            kind: 'hang',
            index,
            detail: `${used} s of processor time, ${Math.round(passed)} s passed`,
          })
        }
        const peak = readPeakMemory(reader.pid!)
        if (peak > peakBytes) settle({ kind: 'memory', index, detail: `${peak} bytes` })
      }, 200)
      const onMessage = (mutant: unknown) => settle({ kind: 'read', mutant: mutant as ReadMutant })
      const onExit = (code: number | null, signal: string | null) =>
        settle({ kind: 'crash', index, detail: `ended with ${code ?? signal}: ${complaints}` })
      const settle = (settled: Fate) => {
        clearInterval(timer)
        reader.off('message', onMessage)
        reader.off('exit', onExit)
        resolve(settled)
      }
      reader.on('message', onMessage)
      reader.on('exit', onExit)
      reader.send(index)
    })
    if (fate.kind !== 'read' || fate.mutant.peakBytes > peakBytes) drop()
    return fate
  }

  return { read, close: drop }
}
