import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { type BirpcReturn, createBirpc } from 'birpc'
import { HippoError, recordError, reviveError, toHippoError } from '../errors.ts'
import type { RunContext, RunJob } from '../queue/run-job.ts'
import {
  type AnalysisCalls,
  analysisEvents,
  type HostCalls,
  type Settled,
} from './analysis-calls.ts'
import type { StudyToMeasure } from './comparison.ts'
import type { StudyHistory } from './study-history.ts'

export interface AnalysisHostOptions {
  /** Program of the analysis process (src/analysis.ts). */
  readonly program: URL
  readonly history: StudyHistory
  /** Queues an earlier study that a later one is to be compared with. */
  readonly requestMeasurement: (study: StudyToMeasure) => Promise<void>
  /** A run that takes longer ends the process: something in it hangs. */
  readonly timeLimitMilliseconds: number
  readonly log: {
    error(facts: object, message: string): void
  }
}

/**
 * A job makes few objects and many buffers of some megabytes, which V8 lets pile up: a small young
 * generation, and a collection after each job (src/analysis.ts), keep a third of the memory free.
 */
const memoryOptions = ['--max-semi-space-size=2', '--expose-gc']

/** glibc keeps freed memory per thread unless told otherwise; a quarter less with the same speed. */
const memoryEnvironment = { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '131072' }

/** Wait before the process is started again; one whose model became unusable comes back when it is mended. */
const restartMilliseconds = 1_000

export interface AnalysisHost {
  readonly run: RunJob
  /** Version of the loaded model; throws while the process is coming back after a crash. */
  modelVersion(): string
  markSuperseded(png: Uint8Array, note: string): Promise<Uint8Array>
  close(): Promise<void>
}

function unwrap<Value>(settled: Settled<Value>): Value {
  if ('error' in settled) throw reviveError(settled.error)
  return settled.value
}

async function settle(work: () => Promise<void>): Promise<Settled<undefined>> {
  try {
    await work()
    return { value: undefined }
  } catch (error) {
    return { error: recordError(toHippoError(error, 'queue')) }
  }
}

const crashed = (code: number | null, signal: string | null) =>
  new HippoError(
    'ANALYSIS_CRASHED',
    `The analysis process ended unexpectedly (${signal ?? `code ${code}`}). The work is tried again.`,
  )

/**
 * Runs analyses in a process of its own, so that drawing and decoding never keep the API waiting and a
 * crash of a native library takes neither the queue nor the API with it: its runs fail with
 * ANALYSIS_CRASHED (retryable) and the process is started again. Rejects with the process's own
 * error when it cannot start at all (MODEL_MISSING and the like).
 */
export async function startAnalysisHost(options: AnalysisHostOptions): Promise<AnalysisHost> {
  const contexts = new Map<string, RunContext>()
  let child: ChildProcess
  let analysis: BirpcReturn<AnalysisCalls, HostCalls>
  let modelVersion: string | undefined
  let closing = false

  function start(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const
    const process = fork(options.program, {
      serialization: 'advanced',
      stdio: [...stdio],
      execArgv: memoryOptions,
      env: { ...globalThis.process.env, ...memoryEnvironment },
    })
    const calls = createBirpc<AnalysisCalls, HostCalls>(
      {
        ready(version) {
          modelVersion = version
          resolve()
        },
        unusable(error) {
          reject(reviveError(error))
          process.kill('SIGKILL')
        },
        recentJobs: (id) => options.history.recentJobs(id),
        succeededJobs: (id) => options.history.succeededJobs(id),
        assignRunNumber: (jobId, runNumber) =>
          settle(async () => contexts.get(jobId)?.assignRunNumber(runNumber)),
        requestMeasurement: (study) => settle(() => options.requestMeasurement(study)),
        recordStage: (jobId, timing) => contexts.get(jobId)?.recordStage(timing),
        recordOutcome: (jobId, outcome) => contexts.get(jobId)?.recordOutcome(outcome),
      },
      {
        // A process that is gone takes no call; its exit rejects all that wait.
        post: (message) => void (process.connected && process.send(message, () => undefined)),
        on: (listener) => void process.on('message', listener),
        eventNames: [...analysisEvents],
        timeout: -1,
      },
    )
    process.on('error', (error) =>
      options.log.error({ err: error }, 'The analysis process failed.'),
    )
    process.on('exit', (code, signal) => {
      modelVersion = undefined
      const error = crashed(code, signal)
      calls.$close(error)
      reject(error)
      if (closing || child !== process) return
      options.log.error({ code, signal }, 'The analysis process ended; it is started again.')
      setTimeout(() => {
        if (!closing) start().catch((err) => options.log.error({ err }, 'It did not come back.'))
      }, restartMilliseconds)
    })
    child = process
    analysis = calls
    return promise
  }

  function requireVersion(): string {
    if (modelVersion !== undefined) return modelVersion
    throw new HippoError('ANALYSIS_CRASHED', 'The analysis process is coming back after a crash.')
  }

  async function close(): Promise<void> {
    closing = true
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    if (child.connected) child.disconnect()
    const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
    await exited
    clearTimeout(timer)
  }

  try {
    await start()
  } catch (error) {
    await close()
    throw error
  }
  return {
    async run(job, context) {
      requireVersion()
      const abort = () => {
        const reason = toHippoError(context.signal.reason, 'queue')
        void analysis.abort.asEvent(job.id, recordError(reason)).catch(() => undefined)
      }
      contexts.set(job.id, context)
      context.signal.addEventListener('abort', abort, { once: true })
      const hanging = child
      const timer = setTimeout(() => {
        options.log.error({ jobId: job.id }, 'An analysis takes too long; its process is ended.')
        hanging.kill('SIGKILL')
      }, options.timeLimitMilliseconds)
      try {
        return unwrap(await analysis.run(job))
      } finally {
        clearTimeout(timer)
        context.signal.removeEventListener('abort', abort)
        contexts.delete(job.id)
      }
    },
    modelVersion: requireVersion,
    async markSuperseded(png, note) {
      requireVersion()
      return analysis.markSuperseded(png, note)
    },
    close,
  }
}
