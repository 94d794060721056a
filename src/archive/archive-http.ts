import { setTimeout as sleep } from 'node:timers/promises'
import { type Dispatcher, Pool } from 'undici'
import type { Stage } from '../errors.ts'
import { isDroppedConnection, refusalOf, toArchiveError } from './archive-error.ts'

export interface ArchiveHttpOptions {
  /** Base URL of Orthanc; may contain a path if a proxy serves it below one. */
  readonly url: string
  readonly user: string
  readonly password: string
  /** PEM text of the site's own certificate authority; replaces the public ones. */
  readonly certificateAuthority?: string | undefined
  readonly connections: number
  /** Longest wait for a connection, a response, or the next chunk of one. */
  readonly timeoutMilliseconds: number
}

/** Options of every call: a signal that aborts it, and the stage of its errors. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined
  readonly stage?: Stage | undefined
}

export interface ArchiveRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below the base URL, with its query; identifiers in it are already encoded. */
  readonly path: string
  readonly accept?: string
  readonly contentType?: string
  /** The ETag of what a PUT is to replace, as RFC 9110 13.1.1 describes it. */
  readonly ifMatch?: string
  /** The most of a JSON answer that is read, bytes. */
  readonly maximumBytes?: number
  readonly body?: string | Uint8Array
  readonly stage: Stage
  readonly signal?: AbortSignal | undefined
}

/** The body of a response as it arrives. */
export type AnswerBody = AsyncIterable<Uint8Array>

/** What an answer says of its body. */
export interface AnswerHeaders {
  /** Empty where the answer has none, as below. */
  readonly contentType: string
  readonly etag: string
}

export interface ArchiveHttp {
  /**
   * Sends an idempotent request and passes the response body to `consume`, once per attempt.
   * Undefined on 404. Dropped connections and 502, 503, 504 are retried twice. Throws coded errors,
   * or the signal's reason when it was aborted.
   */
  exchange<T>(
    request: ArchiveRequest,
    consume: (body: AnswerBody, headers: AnswerHeaders) => Promise<T>,
  ): Promise<T | undefined>
  close(): Promise<void>
}

const retryDelays = [100, 400]
const passingStatuses = [502, 503, 504]
/** A whole transfer may take this many times the wait for one chunk. */
const transferFactor = 10

/** Opens a pool of connections to one Orthanc with its credentials, time limits and CA. */
export function openArchiveHttp(options: ArchiveHttpOptions): ArchiveHttp {
  const { origin, pathname } = new URL(options.url)
  const prefix = pathname.replace(/\/+$/, '')
  const timeout = options.timeoutMilliseconds
  const ca = options.certificateAuthority
  const pool = new Pool(origin, {
    connections: options.connections,
    connect: { timeout, ...(ca === undefined ? {} : { ca }) },
    headersTimeout: timeout,
    bodyTimeout: timeout,
    allowH2: false,
  })
  const credentials = Buffer.from(`${options.user}:${options.password}`).toString('base64')

  async function attempt<T>(
    request: ArchiveRequest,
    signal: AbortSignal,
    consume: (body: AnswerBody, headers: AnswerHeaders) => Promise<T>,
  ): Promise<{ status: number; value?: T }> {
    const answer = await pool.request({
      method: request.method ?? 'GET',
      path: prefix + request.path,
      headers: {
        authorization: `Basic ${credentials}`,
        accept: request.accept ?? 'application/json',
        ...(request.contentType === undefined ? {} : { 'content-type': request.contentType }),
        ...(request.ifMatch === undefined ? {} : { 'if-match': request.ifMatch }),
      },
      body: request.body ?? null,
      signal,
    })
    const { statusCode: status, body } = answer
    body.on('error', () => {}) // reading it reports the error; without a listener it would be fatal
    try {
      if (status === 404 || passingStatuses.includes(status)) {
        await body.dump({ limit: 16_384, signal })
        return { status }
      }
      if (status < 200 || status > 299) {
        throw refusalOf(status, await readSomeText(body), request.stage)
      }
      const headers = {
        contentType: headerOf(answer, 'content-type'),
        etag: headerOf(answer, 'etag'),
      }
      return { status, value: await consume(body, headers) }
    } finally {
      // An unfinished body must not keep the connection.
      if (!body.readableEnded) body.destroy()
    }
  }

  async function exchange<T>(
    request: ArchiveRequest,
    consume: (body: AnswerBody, headers: AnswerHeaders) => Promise<T>,
  ): Promise<T | undefined> {
    const limit = AbortSignal.timeout(timeout * transferFactor)
    const signal = request.signal ? AbortSignal.any([request.signal, limit]) : limit
    for (let tries = 0; ; tries++) {
      const delay = retryDelays[tries]
      try {
        const { status, value } = await attempt(request, signal, consume)
        if (!passingStatuses.includes(status)) return value
        if (delay === undefined) throw refusalOf(status, '', request.stage)
      } catch (error) {
        request.signal?.throwIfAborted()
        if (delay === undefined || !isDroppedConnection(error)) {
          throw toArchiveError(error, request.stage)
        }
      }
      await sleep(delay, undefined, { signal }).catch((error) => {
        request.signal?.throwIfAborted()
        throw toArchiveError(error, request.stage)
      })
    }
  }

  return { exchange, close: () => pool.close() }
}

function headerOf(answer: Dispatcher.ResponseData, name: string): string {
  const value = answer.headers[name]
  return (Array.isArray(value) ? value[0] : value) ?? ''
}

async function readSomeText(body: AnswerBody): Promise<string> {
  let text = ''
  for await (const chunk of body) {
    text += Buffer.from(chunk).toString('latin1')
    if (text.length > 65_536) break
  }
  return text
}
