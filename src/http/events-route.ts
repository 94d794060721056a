import { PassThrough } from 'node:stream'
import { type Static, Type } from 'typebox'
import { HippoError } from '../errors.ts'
import type { HttpApp } from './http-app.ts'
import { createJobFeed, type JobFeedOptions } from './job-feed.ts'
import { problems } from './problem.ts'

export interface EventsOptions extends JobFeedOptions {
  /** Version of the service. */
  readonly version: string
  readonly heartbeatMilliseconds?: number
  /** After this time a stream ends with `bye`, so that expired tokens must be renewed. */
  readonly lifetimeMilliseconds?: number
  /** Maximum number of concurrent streams of this process. */
  readonly maximumWatchers?: number
}

/** A client that reads nothing for this many heartbeats is disconnected. */
const patience = 4

/** The fields of one event of the stream (WHATWG HTML 9.2). */
const eventSchema = Type.Object({
  event: Type.Enum(['hello', 'queue', 'jobs', 'trouble', 'missed', 'bye']),
  data: Type.String({ description: 'JSON', contentMediaType: 'application/json' }),
})

const write = (event: Static<typeof eventSchema>['event'], data: unknown) =>
  `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`

/**
 * Changes of the queue as server-sent events: `hello` {principal, version}, `queue` {counts,
 * oldestQueuedAt?}, `jobs` {jobs: those that changed}, `trouble` (an error), `missed` (events were
 * dropped for a slow reader: reload the list), `bye`.
 */
export function addEventsRoute(app: HttpApp, options: EventsOptions): void {
  const { heartbeatMilliseconds = 15_000, lifetimeMilliseconds = 15 * 60_000 } = options
  const { maximumWatchers = 64 } = options
  const feed = createJobFeed(options)
  const streams = new Set<PassThrough>()

  // Open streams would keep the server from closing.
  app.addHook('preClose', async () => {
    feed.stop()
    for (const stream of streams) stream.end()
  })

  function openStream(hello: object): PassThrough {
    const stream = new PassThrough()
    let hasMissed = false
    let silentBeats = 0
    const send = (text: string) => {
      if (stream.writableEnded) return
      // Nothing is buffered for slow readers: a page that missed an event reloads the list.
      if (stream.writableNeedDrain) hasMissed = true
      else stream.write(text)
    }
    stream.on('drain', () => {
      silentBeats = 0
      if (hasMissed) send(write('missed', {}))
      hasMissed = false
    })
    send(write('hello', hello))
    const leave = feed.watch(({ event, data }) => send(write(event, data)))
    const heartbeat = setInterval(() => {
      silentBeats = stream.writableNeedDrain ? silentBeats + 1 : 0
      if (silentBeats >= patience) stream.destroy()
      else send(': here\n\n')
    }, heartbeatMilliseconds)
    const lifetime = setTimeout(() => {
      send(write('bye', {}))
      stream.end()
    }, lifetimeMilliseconds)
    stream.on('close', () => {
      leave()
      clearInterval(heartbeat)
      clearTimeout(lifetime)
      streams.delete(stream)
    })
    streams.add(stream)
    return stream
  }

  app.get(
    '/api/v1/events',
    {
      config: { access: 'reader' },
      // A disconnecting client is not worth logging.
      logLevel: 'warn',
      exposeHeadRoute: false,
      schema: {
        operationId: 'watchJobs',
        tags: ['jobs'],
        summary: 'What happens in the queue, as server-sent events',
        description:
          '`hello` {principal, version}, `queue` {counts, oldestQueuedAt}, `jobs` {jobs} with those ' +
          'that changed, `trouble` (an error), `missed` (read the list again), `bye` (connect again). ' +
          `A comment every 15 s shows that the stream is alive. At most ${maximumWatchers} streams.`,
        response: {
          200: {
            description:
              'Events, until either side ends the stream. The schema describes one event.',
            content: { 'text/event-stream': { schema: eventSchema } },
          },
          ...problems(401, 403, 500, 503),
        },
      },
    },
    async ({ principal }, reply) => {
      if (streams.size >= maximumWatchers) {
        throw new HippoError(
          'TOO_MANY_WATCHERS',
          `${maximumWatchers} pages are already watching this service. Close one, or try again later.`,
        )
      }
      const { name, role } = principal
      return (
        reply
          .type('text/event-stream')
          .header('cache-control', 'no-store, no-transform')
          .header('x-accel-buffering', 'no')
          // A kept-alive connection would delay the shutdown.
          .header('connection', 'close')
          .send(openStream({ principal: { name, role }, version: options.version }) as never)
      )
    },
  )
}
