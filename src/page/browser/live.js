import { effect, signal } from '@preact/signals'
import { createParser } from 'eventsource-parser'
import { mergeJobs, planReading, readList } from './jobs.js'
import { explain, RequestError, request } from './request.js'
import { principal, signOut, token } from './session.js'
import { setClock } from './show-time.js'

/** @import { ErrorView, QueueNews } from '../api-types.ts' */

/** @type {import('@preact/signals').Signal<'connecting' | 'live' | 'lost'>} */
export const connection = signal('connecting')

/** When the connection was lost, epoch milliseconds of this browser. */
export const lostAt = signal(0)

/**
 * Why the connection was refused, if the service gave a reason. @type
 * {import('@preact/signals').Signal<Pick<ErrorView, 'code' | 'message'> | undefined>}
 */
export const lostReason = signal()

/** @type {import('@preact/signals').Signal<QueueNews | undefined>} */
export const queue = signal()

/** An error of the queue itself. @type {import('@preact/signals').Signal<ErrorView | undefined>} */
export const trouble = signal()

export const version = signal('')

/** The service sends a heartbeat every 15 s. */
const silenceMilliseconds = 40_000
const waits = [1, 2, 4, 8, 15]

/**
 * @param {string} event
 * @param {any} data
 */
function take(event, data) {
  if (event === 'hello') {
    principal.value = data.principal
    version.value = data.version
    connection.value = 'live'
    lostReason.value = undefined
    readList()
  } else if (event === 'queue') {
    queue.value = data
    trouble.value = undefined
    planReading()
  } else if (event === 'jobs') {
    mergeJobs(data.jobs)
  } else if (event === 'trouble') {
    trouble.value = data
  } else if (event === 'missed') {
    planReading()
  }
}

/**
 * Listens until the stream ends; true if the service ended it cleanly.
 * @param {AbortController} control
 */
async function listen(control) {
  let isOver = false
  const parser = createParser({
    onEvent: ({ event = '', data }) => {
      if (event === 'bye') isOver = true
      else take(event, JSON.parse(data))
    },
  })
  const answer = await request('/api/v1/events', { signal: control.signal })
  setClock(answer)
  const reader = /** @type {ReadableStream<Uint8Array>} */ (answer.body).getReader()
  const decoder = new TextDecoder()
  for (;;) {
    const silence = setTimeout(() => control.abort(), silenceMilliseconds)
    const { done, value } = await reader.read().finally(() => clearTimeout(silence))
    if (done) return isOver
    parser.feed(decoder.decode(value, { stream: true }))
  }
}

/** @type {(() => void) | undefined} */
let hurry

/** Connects now instead of after the wait. */
export const tryNow = () => hurry?.()

/** @param {AbortSignal} end */
async function stayConnected(end) {
  for (let attempt = 0; !end.aborted; ) {
    const control = new AbortController()
    const stop = () => control.abort()
    end.addEventListener('abort', stop)
    try {
      if (await listen(control)) continue
      attempt = 0
    } catch (error) {
      if (end.aborted) return
      if (error instanceof RequestError && error.status === 403) {
        return signOut('This token does not give access to this page.')
      }
      const { code, message } = explain(error)
      lostReason.value =
        code === 'NOT_REACHED' || code === 'UNEXPECTED' ? undefined : { code, message }
    } finally {
      end.removeEventListener('abort', stop)
    }
    if (end.aborted) return
    if (connection.peek() !== 'lost') {
      lostAt.value = Date.now()
      attempt = 0
    }
    connection.value = 'lost'
    const seconds = waits[Math.min(attempt, waits.length - 1)] ?? 15
    attempt += 1
    await new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), seconds * 1000)
      hurry = () => {
        clearTimeout(timer)
        resolve(undefined)
      }
    })
  }
}

effect(() => {
  if (token.value === '') return
  const end = new AbortController()
  connection.value = 'connecting'
  lostReason.value = undefined
  stayConnected(end.signal)
  return () => {
    end.abort()
    hurry?.()
    queue.value = undefined
    trouble.value = undefined
  }
})
