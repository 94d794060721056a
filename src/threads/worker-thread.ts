import { AsyncLocalStorage } from 'node:async_hooks'
import { type TransferListItem, Worker } from 'node:worker_threads'
import { type ErrorCode, HippoError, reviveError, type Stage } from '../errors.ts'
import type { WorkerMessage, WorkerRequest } from './serve-requests.ts'

export interface WorkerThreadOptions {
  readonly file: URL
  readonly workerData: unknown
  /** Time limit of a request, milliseconds; a thread that exceeds it is terminated. */
  readonly timeLimit: number
  readonly purpose: ThreadPurpose
  readonly warn: (details: object, message: string) => void
}

/** Purpose of a thread, used in reports of its failures. */
export interface ThreadPurpose {
  /** In a log: 'The inference thread crashed'. */
  readonly name: string
  /** In a sentence: 'The computation of the segmentation was aborted'. */
  readonly work: string
  readonly stage: Stage
  /** Code for a crash or a hang; retryable. */
  readonly code: ErrorCode
  /**
   * Effect of an abort on the current request: it finishes and its result is dropped (for threads
   * that are slow to start), or the thread is terminated and the next request starts a new one.
   */
  readonly onAbort: 'finish' | 'end'
}

/** A request to the thread; replies come in the order of requests. */
export interface WorkerThread<Request, Answer> {
  ask(request: Request, transfer: TransferListItem[], signal?: AbortSignal): Promise<Answer>
  close(): Promise<void>
}

interface Waiting<Answer> {
  readonly id: number
  /** Runs a callback in the context of the requesting work, for log lines. */
  readonly within: ReturnType<typeof AsyncLocalStorage.snapshot>
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: HippoError) => void
}

const brokeOff = ({ code, work }: ThreadPurpose, why: string, cause?: unknown) =>
  new HippoError(code, `The computation of ${work} was aborted (${why}). It will be retried.`, {
    cause,
  })

/** One running worker with its current request, which is rejected when the worker dies. */
class Incarnation<Request, Answer> {
  readonly ready: Promise<void>
  alive = true
  #worker: Worker
  #rejectReady: (error: HippoError) => void
  #waiting: Waiting<Answer> | undefined
  #nextId = 1

  constructor({ file, workerData, warn, purpose }: WorkerThreadOptions) {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.ready = promise
    this.#rejectReady = reject
    this.#worker = new Worker(file, { workerData })
    this.#worker.on('message', (message: WorkerMessage<Answer>) => {
      if (message.kind === 'ready') resolve()
      else if (message.kind === 'unusable') void this.end(reviveError(message.error))
      else this.#settle(message)
    })
    this.#worker.on('error', (error) => {
      const tell = () => warn({ err: error }, `The ${purpose.name} thread crashed`)
      if (this.#waiting) this.#waiting.within(tell)
      else tell()
      this.#die(brokeOff(purpose, error instanceof Error ? error.message : String(error), error))
    })
    this.#worker.on('exit', (code) =>
      this.#die(brokeOff(purpose, `the thread ended with code ${code}`)),
    )
  }

  answer(request: Request, transfer: TransferListItem[]): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const id = this.#nextId++
    this.#waiting = { id, within: AsyncLocalStorage.snapshot(), resolve, reject }
    this.#worker.postMessage({ id, request } satisfies WorkerRequest<Request>, transfer)
    return promise
  }

  /**
   * Terminates the thread; the current request and all callers waiting for its start get the error.
   */
  async end(error: HippoError): Promise<void> {
    this.#die(error)
    await this.#worker.terminate()
  }

  #settle(message: Extract<WorkerMessage<Answer>, { id: number }>): void {
    const waiting = this.#waiting
    if (waiting?.id !== message.id) return
    this.#waiting = undefined
    if (message.kind === 'answer') waiting.resolve(message.answer)
    else waiting.reject(reviveError(message.error))
  }

  #die(error: HippoError): void {
    if (!this.alive) return
    this.alive = false
    this.#rejectReady(error)
    this.#waiting?.reject(error)
    this.#waiting = undefined
  }
}

const cancelled = (signal: AbortSignal, stage: Stage) =>
  signal.reason instanceof HippoError
    ? signal.reason
    : new HippoError('JOB_CANCELLED', 'The work was cancelled.', { stage })

/** Rejects when the signal fires, although the thread's work itself cannot be interrupted. */
function untilAborted<Answer>(
  work: Promise<Answer>,
  signal: AbortSignal | undefined,
  stage: Stage,
): Promise<Answer> {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    const abort = () => reject(cancelled(signal, stage))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/**
 * A worker thread that serves requests in sequence and restarts after a crash or a hang: the
 * current request fails with the purpose's code, the next one starts a new thread. Rejects with the
 * thread's start error (MODEL_INVALID) if it cannot be used at all.
 */
export async function startWorkerThread<Request, Answer>(
  options: WorkerThreadOptions,
): Promise<WorkerThread<Request, Answer>> {
  const { purpose } = options
  const crashed = (why: string, cause?: unknown) => brokeOff(purpose, why, cause)
  let current = new Incarnation<Request, Answer>(options)
  await current.ready
  let closed = false
  let last: Promise<unknown> = Promise.resolve()

  const work = async (
    request: Request,
    transfer: TransferListItem[],
    signal: AbortSignal | undefined,
  ): Promise<Answer> => {
    if (signal?.aborted) throw cancelled(signal, purpose.stage)
    if (closed) throw crashed('the service is shutting down')
    if (!current.alive) current = new Incarnation<Request, Answer>(options)
    const thread = current
    await thread.ready.catch((error: HippoError) => {
      throw crashed(`its thread could not be restarted: ${error.message}`, error)
    })
    const hang = setTimeout(() => {
      options.warn({ timeLimit: options.timeLimit }, `The ${purpose.name} thread hangs`)
      void thread.end(crashed(`no response within ${options.timeLimit / 1000} s`))
    }, options.timeLimit)
    const giveUp = () => {
      if (signal && purpose.onAbort === 'end') void thread.end(cancelled(signal, purpose.stage))
    }
    signal?.addEventListener('abort', giveUp, { once: true })
    return thread.answer(request, transfer).finally(() => {
      clearTimeout(hang)
      signal?.removeEventListener('abort', giveUp)
    })
  }

  return {
    ask(request, transfer, signal) {
      const answer = last.then(() => work(request, transfer, signal))
      last = answer.catch(() => undefined)
      return untilAborted(answer, signal, purpose.stage)
    },
    async close() {
      closed = true
      await current.end(crashed('the service is shutting down'))
    },
  }
}
