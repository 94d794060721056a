import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { type BirpcReturn, createBirpc } from 'birpc'
import { HippoError, recordError, reviveError, toHippoError } from '../errors.ts'
import type { StudyToMeasure } from '../history/comparison.ts'
import type { ShadowComparison } from '../models/shadow-comparison.ts'
import type { StudyHistory } from '../outcome/study-history.ts'
import type { RunContext } from '../queue/run-job.ts'
import {
  type AnalysisCalls,
  analysisEvents,
  type HostCalls,
  type LoadedModels,
  type ModelPaths,
  type Settled,
} from './analysis-calls.ts'

export interface AnalysisProcessOptions {
  /** Program of the analysis process (src/analysis.ts). */
  readonly program: URL
  readonly history: StudyHistory
  /** Queues an earlier study that a later one is to be compared with. */
  readonly requestMeasurement: (study: StudyToMeasure) => Promise<void>
  /** Called for each study that a second model in shadow mode has measured. */
  readonly onShadow?: ((comparison: ShadowComparison) => void) | undefined
  readonly log: { error(facts: object, message: string): void }
}

/**
 * A job creates few objects and many buffers of several megabytes. By default V8 collects garbage
 * for every 64 MB of buffers, seven times per head. If buffers count as part of the heap, which may
 * grow to five times its live size, it collects twice. In return, all buffers are freed after each
 * job (src/analysis.ts). A small young generation and a single thread for collecting and compiling:
 * with more threads, scheduling alone took a fifteenth of a head's processor time.
 */
const memoryOptions = [
  '--max-semi-space-size=4',
  '--external-memory-accounted-in-global-limit',
  '--heap-growing-percent=400',
  '--v8-pool-size=1',
  '--expose-gc',
]

const keptBytes = String(128 * 2 ** 20)

/**
 * glibc keeps freed memory per thread unless told otherwise. It may keep this much: buffers
 * returned to the system one by one are mapped again page by page, seventy thousand pages per head,
 * a tenth of its time.
 */
const memoryEnvironment = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_TRIM_THRESHOLD_: keptBytes,
  MALLOC_MMAP_THRESHOLD_: keptBytes,
}

/** Longest a process may take to load its models. */
const loadMilliseconds = 120_000

/** One analysis process that has loaded its models. */
export interface AnalysisProcess {
  readonly calls: BirpcReturn<AnalysisCalls, HostCalls>
  readonly loaded: LoadedModels
  /** Number of jobs that run in it. */
  readonly contexts: Map<string, RunContext>
  readonly isAlive: () => boolean
  /** Bytes; undefined where the system does not tell. */
  residentMemory(): Promise<number | undefined>
  kill(): void
  /** Disconnects it and waits for its exit. */
  close(): Promise<void>
}

async function settle(work: () => Promise<void>): Promise<Settled<undefined>> {
  try {
    await work()
    return { value: undefined }
  } catch (error) {
    return { error: recordError(toHippoError(error, 'queue')) }
  }
}

/** The error of a process that ended; `isStopped` where its host killed it. */
function crashed(code: number | null, signal: string | null, isStopped: boolean): HippoError {
  const reason = isStopped
    ? 'was stopped because a run exceeded its time limit'
    : `ended unexpectedly (${signal ?? `code ${code}`})`
  const hint =
    signal === 'SIGKILL' && !isStopped
      ? ' It most likely ran out of memory or reached the memory limit of its container.'
      : ''
  return new HippoError(
    'ANALYSIS_CRASHED',
    `The analysis process ${reason}.${hint} The work will be retried.`,
  )
}

async function readResidentMemory(pid: number | undefined): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024
}

async function closeProcess(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return
  const exited = once(process, 'exit')
  if (process.connected) process.disconnect()
  const timer = setTimeout(() => process.kill('SIGKILL'), 5_000)
  await exited
  clearTimeout(timer)
}

/**
 * Starts a process with these models (the configured one where none is named) and waits until it
 * has loaded them. `onExit` is called when it ends later. Rejects with the process's own coded
 * error, or ANALYSIS_CRASHED, when it cannot start.
 */
export async function startAnalysisProcess(
  options: AnalysisProcessOptions,
  models: ModelPaths | undefined,
  onExit: (code: number | null, signal: string | null) => void,
): Promise<AnalysisProcess> {
  const { promise, resolve, reject } = Promise.withResolvers<LoadedModels>()
  const contexts = new Map<string, RunContext>()
  const process = fork(options.program, models === undefined ? [] : [JSON.stringify(models)], {
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: memoryOptions,
    env: { ...globalThis.process.env, ...memoryEnvironment },
  })
  const calls = createBirpc<AnalysisCalls, HostCalls>(
    {
      ready: resolve,
      unusable: (error) => reject(reviveError(error)),
      recentJobs: (id) => options.history.recentJobs(id),
      succeededJobs: (id) => options.history.succeededJobs(id),
      assignRunNumber: (jobId, runNumber) =>
        settle(async () => contexts.get(jobId)?.assignRunNumber(runNumber)),
      requestMeasurement: (study) => settle(() => options.requestMeasurement(study)),
      recordStage: (jobId, timing) => contexts.get(jobId)?.recordStage(timing),
      recordOutcome: (jobId, outcome) => contexts.get(jobId)?.recordOutcome(outcome),
      recordShadow: (comparison) => options.onShadow?.(comparison),
    },
    {
      // An exited process accepts no calls; its exit rejects all pending ones.
      post: (message) => void (process.connected && process.send(message, () => undefined)),
      on: (listener) => void process.on('message', listener),
      eventNames: [...analysisEvents],
      timeout: -1,
    },
  )
  process.on('error', (error) => options.log.error({ err: error }, 'The analysis process failed.'))
  let isLoaded = false
  let isStopped = false
  process.on('exit', (code, signal) => {
    const error = crashed(code, signal, isStopped)
    calls.$close(error)
    reject(error)
    if (isLoaded) onExit(code, signal)
  })
  const patience = setTimeout(() => {
    reject(new HippoError('MODEL_INVALID', 'The model could not be loaded within two minutes.'))
  }, loadMilliseconds)
  try {
    const loaded = await promise
    isLoaded = true
    return {
      calls,
      loaded,
      contexts,
      isAlive: () => process.exitCode === null && process.signalCode === null,
      residentMemory: () => readResidentMemory(process.pid),
      kill() {
        isStopped = true
        process.kill('SIGKILL')
      },
      close: () => closeProcess(process),
    }
  } catch (error) {
    process.kill('SIGKILL')
    await closeProcess(process)
    throw error
  } finally {
    clearTimeout(patience)
  }
}
