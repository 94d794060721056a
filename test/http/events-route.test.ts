import Fastify from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { HippoError } from '../../src/errors.ts'
import { answerErrors } from '../../src/http/answer-errors.ts'
import { authorizeRequests } from '../../src/http/authorize-requests.ts'
import { addEventsRoute, type EventsOptions } from '../../src/http/events-route.ts'
import type { HttpApp } from '../../src/http/http-app.ts'
import { identifyCallers } from '../../src/http/identify-callers.ts'
import { rememberRoutes } from '../../src/http/known-routes.ts'
import { apiToken, createTestApp, hookToken, study, type TestApp } from './test-app.ts'

const readerToken = 'reader-token-0123456789'

interface Job {
  readonly id: string
  readonly state: string
}

interface Data {
  readonly jobs: readonly Job[]
  readonly counts: Record<string, number>
  readonly oldestQueuedAt: string
}

interface Told {
  readonly event: string
  readonly data: Data
}

/** A reader of the stream that keeps what it was told. */
async function watch(url: string, token = readerToken) {
  const control = new AbortController()
  const answer = await fetch(url, {
    headers: { authorization: `Bearer ${token}` },
    signal: control.signal,
  })
  const told: Told[] = []
  let text = ''
  let isOver = false
  const reading = (async () => {
    const decoder = new TextDecoder()
    for await (const chunk of answer.body!) {
      text += decoder.decode(chunk, { stream: true })
      const parts = text.split('\n\n')
      text = parts.pop()!
      for (const part of parts) {
        const [, event = 'comment', data = 'null'] = /^event: (\w+)\ndata: (.*)$/.exec(part) ?? []
        told.push({ event, data: JSON.parse(data) })
      }
    }
  })()
    .catch(() => {})
    .finally(() => {
      isOver = true
    })
  return {
    answer,
    told,
    of: (event: string) => told.filter((one) => one.event === event).map(({ data }) => data),
    isOver: () => isOver,
    reading,
    leave: () => control.abort(),
  }
}

describe('the stream of events', () => {
  let test: TestApp
  let app: HttpApp
  let looks = 0

  async function start(options: Partial<EventsOptions> = {}): Promise<string> {
    test = await createTestApp()
    const { store } = test
    looks = 0
    const jobs: EventsOptions['jobs'] = {
      list: (query) => store.list(query),
      find: (id) => store.find(id),
      oldestQueuedAt: () => store.oldestQueuedAt(),
      countByState: () => {
        looks += 1
        return store.countByState()
      },
    }
    app = Fastify() as unknown as HttpApp
    app.setSerializerCompiler(() => (answer) => JSON.stringify(answer))
    rememberRoutes(app)
    answerErrors(app)
    const tokens = { apiToken, hookToken, readerToken }
    identifyCallers(app, { tokens, readAccessToken: undefined }, async () => {})
    authorizeRequests(app)
    addEventsRoute(app, {
      jobs,
      viewerUrl: undefined,
      version: '9.8.7',
      pollMilliseconds: 10,
      ...options,
    })
    return `${await app.listen({ host: '127.0.0.1', port: 0 })}/api/v1/events`
  }
  afterEach(async () => {
    await app.close()
    await test.close()
  })
  const enqueue = () => test.store.enqueue({ ...study, trigger: 'hook', force: false })

  it('starts with the caller and the state of the queue', async () => {
    const url = await start()
    await enqueue()
    const watcher = await watch(url)
    await expect.poll(() => watcher.told.length).toBeGreaterThan(1)
    expect(watcher.answer.headers.get('content-type')).toContain('text/event-stream')
    expect(watcher.told[0]).toEqual({
      event: 'hello',
      data: { principal: { name: 'reader', role: 'reader' }, version: '9.8.7' },
    })
    expect(watcher.told[1]?.event).toBe('queue')
    expect(watcher.told[1]?.data.counts.queued).toBe(1)
    expect(Date.parse(watcher.told[1]!.data.oldestQueuedAt)).toBeGreaterThan(0)
    watcher.leave()
  })

  it('sends each change of a job once, in the form of the API', async () => {
    const url = await start()
    const watcher = await watch(url)
    await expect.poll(() => looks).toBeGreaterThan(1)
    const { job } = await enqueue()
    await expect.poll(() => watcher.of('jobs').length).toBe(1)
    await test.store.claim('worker', 60_000)
    await expect.poll(() => watcher.of('jobs').length).toBe(2)
    await test.store.finish(
      job.id,
      'worker',
      { state: 'succeeded', outcome: {}, predecessorJobId: undefined },
      [],
    )
    await expect.poll(() => watcher.of('jobs').length).toBe(3)
    const before = looks
    await expect.poll(() => looks).toBeGreaterThan(before + 3)
    const states = watcher.of('jobs').map(({ jobs }) => jobs.map((one) => [one.id, one.state]))
    expect(states).toEqual([[[job.id, 'queued']], [[job.id, 'running']], [[job.id, 'succeeded']]])
    watcher.leave()
  })

  it('also sends a job that started while sixty newer ones waited', async () => {
    const url = await start()
    const { job } = await enqueue()
    for (let index = 0; index < 60; index += 1) {
      const orthancStudyId = `${String(index).padStart(8, '0')}${study.orthancStudyId.slice(8)}`
      await test.store.enqueue({ ...study, orthancStudyId, trigger: 'hook', force: false })
    }
    const watcher = await watch(url)
    await expect.poll(() => looks).toBeGreaterThan(1)
    await test.store.claim('worker', 60_000)
    await expect.poll(() => watcher.of('jobs').length).toBe(1)
    await test.store.finish(
      job.id,
      'worker',
      { state: 'succeeded', outcome: {}, predecessorJobId: undefined },
      [],
    )
    await expect.poll(() => watcher.of('jobs').length).toBe(2)
    expect(watcher.of('jobs').map(({ jobs }) => jobs[0]?.state)).toEqual(['running', 'succeeded'])
    watcher.leave()
  })

  it('polls the queue only while there are clients, and once for any number of them', async () => {
    const url = await start({ pollMilliseconds: 50 })
    const watchers = await Promise.all([watch(url), watch(url), watch(url)])
    await expect.poll(() => looks).toBeGreaterThan(3)
    const early = looks
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(looks - early).toBeLessThanOrEqual(11)
    for (const watcher of watchers) watcher.leave()
    await new Promise((resolve) => setTimeout(resolve, 200))
    const late = looks
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(looks).toBe(late)
  })

  it('reports a failure of the queue, and its recovery', async () => {
    const url = await start()
    const watcher = await watch(url)
    await expect.poll(() => watcher.of('queue').length).toBe(1)
    const count = test.store.countByState
    test.store.countByState = async () => {
      throw new HippoError('QUEUE_UNAVAILABLE', 'The queue cannot be reached.')
    }
    await expect.poll(() => watcher.of('trouble').length).toBeGreaterThan(0)
    expect(watcher.of('trouble')[0]).toMatchObject({
      code: 'QUEUE_UNAVAILABLE',
      message: 'The queue cannot be reached.',
    })
    test.store.countByState = count
    await expect.poll(() => watcher.of('queue').length).toBe(2)
    watcher.leave()
  })

  it('sends a heartbeat, and ends cleanly so that expired tokens are renewed', async () => {
    const url = await start({ heartbeatMilliseconds: 20, lifetimeMilliseconds: 200 })
    const watcher = await watch(url)
    await watcher.reading
    expect(watcher.of('comment').length).toBeGreaterThan(2)
    expect(watcher.told.at(-1)?.event).toBe('bye')
  })

  it('does not delay the shutdown', async () => {
    const url = await start()
    const watchers = await Promise.all([watch(url), watch(url)])
    const begin = performance.now()
    await app.close()
    expect(performance.now() - begin).toBeLessThan(2000)
    await Promise.all(watchers.map(({ reading }) => reading))
    expect(watchers.every(({ isOver }) => isOver())).toBe(true)
  })

  it('buffers nothing for a slow client, and reports missed events to it', async () => {
    const url = await start({ pollMilliseconds: 5 })
    const control = new AbortController()
    const headers = { authorization: `Bearer ${readerToken}` }
    const answer = await fetch(url, { headers, signal: control.signal })
    // Nobody reads the body: every buffer on the way fills up.
    const error = new HippoError('QUEUE_UNAVAILABLE', 'x'.repeat(400_000))
    const count = test.store.countByState
    test.store.countByState = async () => {
      throw error
    }
    const early = looks
    await expect.poll(() => looks, { timeout: 20_000 }).toBeGreaterThan(early + 300)
    test.store.countByState = count
    let text = ''
    let received = 0
    for await (const chunk of answer.body!) {
      received += chunk.length
      text = (text + Buffer.from(chunk).toString()).slice(-5000)
      if (text.includes('event: missed')) break
    }
    expect(text).toContain('event: missed')
    // Three hundred times 400 kB were told meanwhile.
    expect(received).toBeLessThan(60_000_000)
    control.abort()
  })

  it('is refused for the hook and unknown callers', async () => {
    const url = await start()
    expect((await watch(url, hookToken)).answer.status).toBe(403)
    expect((await watch(url, 'somebody-0123456789')).answer.status).toBe(401)
    expect((await watch(url, apiToken)).answer.status).toBe(200)
  })

  it('limits the number of clients', async () => {
    const url = await start({ maximumWatchers: 2 })
    const watchers = [await watch(url), await watch(url)]
    expect(watchers.map(({ answer }) => answer.status)).toEqual([200, 200])
    const late = await watch(url)
    expect(late.answer.status).toBe(503)
    expect(late.answer.headers.get('retry-after')).toBe('5')
    watchers[0]!.leave()
    await expect.poll(async () => (await watch(url)).answer.status).toBe(200)
  })
})
