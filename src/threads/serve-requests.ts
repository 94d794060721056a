import type { MessagePort, TransferListItem } from 'node:worker_threads'
import { type ErrorCode, type ErrorRecord, HippoError, recordError } from '../errors.ts'
import { freeBuffers } from './free-buffers.ts'

/** Messages of a worker thread: first ready or an error, then one reply per request. */
export type WorkerMessage<Answer> =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unusable'; readonly error: ErrorRecord }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answer }
  | { readonly kind: 'failure'; readonly id: number; readonly error: ErrorRecord }

export interface WorkerRequest<Request> {
  readonly id: number
  readonly request: Request
}

type Handle<Request, Answer> = (
  request: Request,
) => Promise<{ answer: Answer; transfer: TransferListItem[] }>

/** How other errors are reported: a code, and a sentence that the error's message completes. */
interface FailureWords {
  readonly code: ErrorCode
  readonly sentence: string
}

function record(error: unknown, { code, sentence }: FailureWords) {
  if (error instanceof HippoError) return recordError(error)
  const message = error instanceof Error ? error.message : String(error)
  return recordError(new HippoError(code, `${sentence}: ${message}`))
}

/** The worker thread's side: prepares once, then serves each request. Errors are passed as records. */
export function serveRequests<Request, Answer>(
  port: MessagePort,
  prepare: () => Promise<Handle<Request, Answer>>,
  words: { readonly unusable: FailureWords; readonly failed: FailureWords },
): void {
  const say = (message: WorkerMessage<Answer>, transfer: TransferListItem[] = []) =>
    port.postMessage(message, transfer)
  const start = async () => {
    const handle = await prepare()
    port.on('message', async ({ id, request }: WorkerRequest<Request>) => {
      try {
        const { answer, transfer } = await handle(request)
        say({ kind: 'answer', id, answer }, transfer)
      } catch (error) {
        say({ kind: 'failure', id, error: record(error, words.failed) })
      }
      freeBuffers()
    })
    say({ kind: 'ready' })
  }
  start().catch((error: unknown) => {
    say({ kind: 'unusable', error: record(error, words.unusable) })
  })
}
