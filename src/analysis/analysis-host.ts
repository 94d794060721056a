import { HippoError, recordError, reviveError, toHippoError } from '../errors.ts'
import type { RunJob } from '../queue/run-job.ts'
import { noTracing, type Tracing } from '../telemetry/tracing.ts'
import type { LoadedModels, ModelPaths, Settled } from './analysis-calls.ts'
import {
  type AnalysisProcess,
  type AnalysisProcessOptions,
  startAnalysisProcess,
} from './analysis-process.ts'
import { createCrashTurns } from './crash-turns.ts'

export interface AnalysisHostOptions extends AnalysisProcessOptions {
  /** A run that takes longer stops the process, because something in it hangs. */
  readonly timeLimitMilliseconds: number
  readonly tracing?: Tracing | undefined
  /** The models to load; the configured one where none are named. */
  readonly models?: ModelPaths | undefined
}

/** Delay before a restart; a process whose model became unusable starts once the model is repaired. */
const restartMilliseconds = 1_000

export interface AnalysisHost {
  readonly run: RunJob
  /** The models that are loaded; undefined while the process restarts after a crash. */
  loaded(): LoadedModels | undefined
  /** Version of the loaded model; throws while the process restarts after a crash. */
  modelVersion(): string
  /**
   * Switches to other models: running jobs finish with the models they started with, jobs after it
   * resolves get the new ones. Rejects, and nothing changes, with the coded error of a model that
   * cannot be loaded.
   */
  reload(models: ModelPaths): Promise<LoadedModels>
  markSuperseded(png: Uint8Array, note: string): Promise<Uint8Array>
  /** Bytes of the process that takes jobs. */
  residentMemory(): Promise<number | undefined>
  close(): Promise<void>
}

function unwrap<Value>(settled: Settled<Value>): Value {
  if ('error' in settled) throw reviveError(settled.error)
  return settled.value
}

/**
 * Runs analyses in a separate process, so that drawing and decoding never block the API and a crash
 * of a native library does not affect the queue or the API: its runs fail with ANALYSIS_CRASHED
 * (retryable) and the process is restarted. Other models get a new process, which takes over once
 * it has loaded them. Rejects with the process's own error when it cannot start at all
 * (MODEL_MISSING and the like).
 */
export async function startAnalysisHost(options: AnalysisHostOptions): Promise<AnalysisHost> {
  const { log, tracing = noTracing } = options
  /** Processes that accept no more jobs and finish the ones they have. */
  const retired = new Set<AnalysisProcess>()
  const turns = createCrashTurns()
  let { models } = options
  let closing = false
  /** Why the process cannot be restarted. */
  let unusable: HippoError | undefined
  let timer: NodeJS.Timeout | undefined

  function start(wanted: ModelPaths | undefined): Promise<AnalysisProcess> {
    const starting: Promise<AnalysisProcess> = startAnalysisProcess(
      options,
      wanted,
      (code, signal) => {
        void starting.then((ended) => {
          retired.delete(ended)
          if (closing || ended !== current) return
          log.error({ code, signal }, 'The analysis process ended; it will be restarted.')
          comeBack(ended)
        })
      },
    )
    return starting
  }

  function comeBack(ended: AnalysisProcess): void {
    timer = setTimeout(async () => {
      if (closing || current !== ended) return
      try {
        const started = await start(models)
        // Other models may have been switched in meanwhile.
        if (closing || current !== ended) await started.close()
        else current = started
        unusable = undefined
      } catch (err) {
        unusable = toHippoError(err, 'startup')
        log.error({ err }, 'The analysis process could not be restarted.')
        if (!closing && current === ended) comeBack(ended)
      }
    }, restartMilliseconds)
  }

  let current = await start(models)

  function requireCurrent(): AnalysisProcess {
    if (current.isAlive()) return current
    const why = unusable === undefined ? '' : ` It cannot: ${unusable.message}`
    throw new HippoError(
      'ANALYSIS_CRASHED',
      `The analysis process is restarting after a crash.${why}`,
      { details: { isOutage: true, ...(unusable && { cause: unusable.code }) } },
    )
  }

  /** The process that accepts jobs; releases the turn if there is none. */
  function enterCurrent(leave: () => void, signal: AbortSignal): AnalysisProcess {
    try {
      signal.throwIfAborted()
      return requireCurrent()
    } catch (error) {
      leave()
      throw error
    }
  }

  function retire(old: AnalysisProcess): void {
    if (!old.isAlive()) return
    retired.add(old)
    closeWhenIdle(old)
  }

  function closeWhenIdle(old: AnalysisProcess): void {
    if (!retired.has(old) || old.contexts.size > 0) return
    retired.delete(old)
    void old.close()
  }

  return {
    async run(job, context) {
      const leave = await turns.enter(job.id)
      const process = enterCurrent(leave, context.signal)
      const abort = () => {
        const reason = toHippoError(context.signal.reason, 'queue')
        void process.calls.abort.asEvent(job.id, recordError(reason)).catch(() => undefined)
      }
      process.contexts.set(job.id, context)
      context.signal.addEventListener('abort', abort, { once: true })
      const hang = setTimeout(() => {
        log.error(
          { jobId: job.id },
          'An analysis exceeded its time limit; its process was stopped.',
        )
        process.kill()
      }, options.timeLimitMilliseconds)
      try {
        return unwrap(await process.calls.run(job, tracing.traceparent()))
      } catch (error) {
        throw turns.judge(error, job.id)
      } finally {
        leave()
        clearTimeout(hang)
        context.signal.removeEventListener('abort', abort)
        process.contexts.delete(job.id)
        closeWhenIdle(process)
      }
    },
    loaded: () => (current.isAlive() ? current.loaded : undefined),
    modelVersion: () => requireCurrent().loaded.active.version,
    async reload(wanted) {
      const started = await start(wanted)
      if (closing) {
        await started.close()
        throw new HippoError('ANALYSIS_CRASHED', 'The service is shutting down.')
      }
      const old = current
      models = wanted
      current = started
      retire(old)
      return started.loaded
    },
    markSuperseded: async (png, note) => requireCurrent().calls.markSuperseded(png, note),
    residentMemory: async () => (current.isAlive() ? current.residentMemory() : undefined),
    async close() {
      closing = true
      clearTimeout(timer)
      await Promise.all([current, ...retired].map((process) => process.close()))
    },
  }
}
