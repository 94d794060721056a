import type { MessagePort, TransferListItem } from 'node:worker_threads'
import { type ErrorRecord, HippoError, recordError } from '../errors.ts'

/** What a worker thread says: once that it is ready or why not, then one answer per request. */
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

function record(error: unknown, code: 'MODEL_INVALID' | 'INFERENCE_FAILED', what: string) {
  if (error instanceof HippoError) return recordError(error)
  const message = error instanceof Error ? error.message : String(error)
  return recordError(new HippoError(code, `${what}: ${message}`))
}

/** The worker thread's side: prepares once, then answers each request. Errors cross as records. */
export function serveRequests<Request, Answer>(
  port: MessagePort,
  prepare: () => Promise<Handle<Request, Answer>>,
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
        const what = 'The model could not be run on this series'
        say({ kind: 'failure', id, error: record(error, 'INFERENCE_FAILED', what) })
      }
    })
    say({ kind: 'ready' })
  }
  start().catch((error: unknown) => {
    const what = 'The model file cannot be used'
    say({ kind: 'unusable', error: record(error, 'MODEL_INVALID', what) })
  })
}
