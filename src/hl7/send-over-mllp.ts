import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { HippoError } from '../errors.ts'
import { frameMessage, unframeMessage } from './mllp-frame.ts'

/** A receiver of HL7 v2 messages. */
export interface MllpEndpoint {
  readonly host: string
  readonly port: number
  readonly isTls: boolean
}

const longestAnswer = 2 ** 20

/**
 * Sends one message over a new connection and returns the reply. Throws FORWARD_FAILED if none
 * arrives in time, or the signal's reason.
 */
export async function sendOverMllp(
  { host, port, isTls }: MllpEndpoint,
  message: string,
  { signal, timeoutMilliseconds }: { signal: AbortSignal; timeoutMilliseconds: number },
): Promise<string> {
  signal.throwIfAborted()
  const answered = Promise.withResolvers<string>()
  const fail = (why: string, cause?: unknown) =>
    answered.reject(
      new HippoError('FORWARD_FAILED', `The HL7 receiver ${host}:${port} ${why}.`, { cause }),
    )
  const socket = isTls ? connectTls({ host, port, servername: host }) : connect({ host, port })
  const onAbort = () => answered.reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  let received = Buffer.alloc(0)
  socket.setTimeout(timeoutMilliseconds, () => fail('did not respond in time'))
  socket.once(isTls ? 'secureConnect' : 'connect', () => socket.write(frameMessage(message)))
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    const answer = unframeMessage(received)
    if (answer !== undefined) answered.resolve(answer)
    else if (received.length > longestAnswer) fail('sent more than an acknowledgement')
  })
  socket.once('error', (error: NodeJS.ErrnoException) => {
    fail(`cannot be reached (${error.code ?? error.message})`, error)
  })
  socket.once('close', () => fail('closed the connection without a response'))
  try {
    return await answered.promise
  } finally {
    signal.removeEventListener('abort', onAbort)
    socket.destroy()
  }
}
