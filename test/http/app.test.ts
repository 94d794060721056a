import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HippoError, recordError } from '../../src/errors.ts'
import { startWorkers } from '../../src/queue/worker-loop.ts'
import { api, apiToken, createTestApp, hook, study, type TestApp } from './test-app.ts'

const announcement = { ...study, lastUpdate: '20260807T101112' }
const basic = (password: string) => ({
  authorization: `Basic ${Buffer.from(`anyone:${password}`).toString('base64')}`,
})

describe('the REST API', () => {
  let test: TestApp
  const announce = (payload: unknown, headers: Record<string, string> = hook) =>
    test.app.inject({
      method: 'POST',
      url: '/api/v1/stable-studies',
      headers: { 'content-type': 'application/json', ...headers },
      payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    })

  beforeEach(async () => {
    test = await createTestApp()
  })
  afterEach(() => test.close())

  describe('announcing a stable study', () => {
    it('returns 202 with the stored job', async () => {
      const answer = await announce(announcement)
      expect(answer.statusCode).toBe(202)
      const { jobId, state } = answer.json()
      expect(state).toBe('queued')
      expect(answer.headers.location).toBe(`/api/v1/jobs/${jobId}`)
      expect(await test.store.find(jobId)).toMatchObject({
        ...study,
        trigger: 'hook',
        force: false,
      })
    })

    it('returns the same job for a repeated request', async () => {
      const first = (await announce(announcement)).json()
      expect((await announce(study)).json()).toEqual(first)
    })

    it('notes the job on the study where it is asked to, and does not depend on it', async () => {
      await test.close()
      const noted: string[][] = []
      test = await createTestApp({
        noteAnnouncement: async (...call) => {
          noted.push(call)
          throw new Error('the archive is down')
        },
      })
      await announce(announcement)
      expect(noted).toEqual([])
      const answer = await announce({ ...study, noteOnStudy: true })
      expect(answer.statusCode).toBe(202)
      expect(noted).toEqual([[study.orthancStudyId, answer.json().jobId]])
    })

    it('does not wait for a worker that is busy for ever', async () => {
      const workers = startWorkers({
        store: test.store,
        run: (_job, { signal }) =>
          new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason))
          }),
        concurrency: 1,
        owner: 'test',
        leaseMilliseconds: 60_000,
        pollMilliseconds: 5,
        retry: { maximumAttempts: 1, baseMilliseconds: 1, maximumMilliseconds: 1 },
        clock: Date.now,
        random: Math.random,
        log: { info() {}, warn() {}, error() {} },
      })
      for (const digit of ['1', '2', '3']) {
        const orthancStudyId = study.orthancStudyId.replace(/^0/, digit)
        expect((await announce({ ...announcement, orthancStudyId })).statusCode).toBe(202)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      expect(await test.store.countByState()).toMatchObject({ running: 1, queued: 2 })
      await workers.stop()
    })

    it.each([
      ['no body', ''],
      ['broken JSON', '{"orthancStudyId":'],
      ['a list', []],
      ['null', 'null'],
      ['no study', { studyInstanceUid: '1.2' }],
      ['no UID', { orthancStudyId: study.orthancStudyId }],
      ['a short id', { ...announcement, orthancStudyId: '0123abcd' }],
      ['a path as id', { ...announcement, orthancStudyId: '../../../system' }],
      [
        'an id in capitals',
        { ...announcement, orthancStudyId: study.orthancStudyId.toUpperCase() },
      ],
      ['an id and a line break', { ...announcement, orthancStudyId: `${study.orthancStudyId}\n` }],
      ['a UID with letters', { ...announcement, studyInstanceUid: '1.2.x' }],
      ['a UID of 65 characters', { ...announcement, studyInstanceUid: `1.${'2'.repeat(63)}` }],
      ['a number as UID', { ...announcement, studyInstanceUid: 1.2 }],
      ['an odd time', { ...announcement, lastUpdate: 'yesterday' }],
      ['something more', { ...announcement, force: true }],
      ['a prototype', `{"__proto__":{"a":1},"orthancStudyId":"${study.orthancStudyId}"}`],
    ])('refuses %s with 400 and stores nothing', async (_, payload) => {
      const answer = await announce(payload)
      expect(answer.statusCode).toBe(400)
      expect(answer.json()).toMatchObject({ code: 'REQUEST_INVALID', stage: 'request' })
      expect((await test.store.list({ limit: 1, offset: 0 })).total).toBe(0)
    })

    it('refuses a body of more than 64 KiB with 413', async () => {
      const text = JSON.stringify(announcement)
      expect((await announce(text.padEnd(65_536))).statusCode).toBe(202)
      expect((await announce(text.padEnd(65_537))).statusCode).toBe(413)
    })

    it('reports the fault of a body', async () => {
      const { detail } = (await announce({ ...announcement, studyInstanceUid: 'x' })).json()
      expect(detail).toContain('studyInstanceUid')
    })

    it('refuses other types of content with 415', async () => {
      for (const type of ['text/plain', 'application/xml', 'multipart/form-data; boundary=x']) {
        const answer = await announce(announcement, { ...hook, 'content-type': type })
        expect(answer.statusCode).toBe(415)
        expect(answer.json()).toMatchObject({ code: 'REQUEST_INVALID' })
      }
    })

    it.each([
      ['DISK_FULL', 503],
      ['QUEUE_UNAVAILABLE', 503],
    ] as const)('returns %s as %i with a time to retry', async (code, status) => {
      test.store.enqueue = async () => {
        throw new HippoError(code, 'The queue fails.')
      }
      const answer = await announce(announcement)
      expect(answer.statusCode).toBe(status)
      expect(answer.headers['retry-after']).toBe('5')
      expect(answer.json()).toMatchObject({ code, retryable: true })
    })
  })

  describe('tokens', () => {
    it.each([
      ['none', {}],
      ['an empty one', { authorization: 'Bearer ' }],
      ['a wrong one', { authorization: 'Bearer wrong-token-0123456789' }],
      ['the beginning of one', { authorization: `Bearer ${apiToken.slice(0, -1)}` }],
      ['one with more', { authorization: `Bearer ${apiToken}x` }],
      ['one without scheme', { authorization: apiToken }],
      ['Basic outside the page', basic(apiToken)],
    ])('are needed: %s is refused with 401', async (_, headers) => {
      for (const [method, url] of [
        ['GET', '/api/v1/jobs'],
        ['GET', '/api/v1/jobs/x'],
        ['GET', '/api/v1/jobs/x/results'],
        ['GET', '/api/v1/jobs/x/report.png'],
        ['POST', '/api/v1/jobs/x/cancel'],
        ['POST', '/api/v1/studies/1.2/runs'],
        ['POST', '/api/v1/stable-studies'],
        ['GET', '/api/v1/openapi.json'],
        ['GET', '/metrics'],
        ['GET', '/unknown'],
      ] as const) {
        const answer = await test.app.inject({ method, url, headers })
        expect(answer.statusCode, url).toBe(401)
        expect(answer.headers['www-authenticate']).toMatch(/^Bearer/)
        expect(answer.json()).toMatchObject({ code: 'UNAUTHORIZED', status: 401 })
        expect(answer.body).not.toContain(apiToken)
      }
    })

    it('of the hook give access only to its own address, and the API token does not', async () => {
      for (const url of ['/api/v1/jobs', '/metrics', '/docs', '/api/v1/openapi.json', '/unknown']) {
        const answer = await test.app.inject({ url, headers: hook })
        expect(answer.statusCode, url).toBe(403)
        expect(answer.json()).toMatchObject({ code: 'FORBIDDEN' })
      }
      expect((await announce(announcement, api)).statusCode).toBe(403)
    })

    it('are not needed for health', async () => {
      expect((await test.app.inject('/health/live')).statusCode).toBe(200)
      expect((await test.app.inject('/health/ready')).statusCode).toBe(200)
    })

    it('accept any case of the scheme', async () => {
      const headers = { authorization: `bearer ${apiToken}` }
      expect((await test.app.inject({ url: '/api/v1/jobs', headers })).statusCode).toBe(200)
    })
  })

  describe('errors', () => {
    it('give 404 for unknown addresses, 405 for known ones with another method', async () => {
      const unknown = await test.app.inject({ url: '/api/v1/nothing', headers: api })
      expect(unknown.statusCode).toBe(404)
      expect(unknown.json()).toMatchObject({ code: 'NOT_FOUND' })
      for (const method of ['DELETE', 'PUT', 'PATCH', 'POST'] as const) {
        const answer = await test.app.inject({ method, url: '/api/v1/jobs/x', headers: api })
        expect(answer.statusCode).toBe(405)
        expect(answer.headers.allow).toContain('GET')
      }
    })

    it('of the service show no internal message and no stack, but the request', async () => {
      test.store.list = async () => {
        throw new TypeError('secret detail at /srv/app.ts')
      }
      const answer = await test.app.inject({ url: '/api/v1/jobs', headers: api })
      expect(answer.statusCode).toBe(500)
      expect(answer.headers['content-type']).toContain('application/problem+json')
      expect(answer.body).not.toMatch(/secret|app\.ts|stack/)
      const requestId = answer.headers['x-request-id']
      expect(answer.json()).toMatchObject({
        type: 'urn:hippovolume:problem:unexpected',
        title: 'Internal Server Error',
        status: 500,
        code: 'UNEXPECTED',
        instance: `urn:hippovolume:request:${requestId}`,
      })
    })

    it('wrapped as unexpected show no message either', async () => {
      test.store.list = async () => {
        throw new HippoError('UNEXPECTED', 'Something unexpected went wrong: secret')
      }
      const answer = await test.app.inject({ url: '/api/v1/jobs', headers: api })
      expect(answer.statusCode).toBe(500)
      expect(answer.body).not.toContain('secret')
    })

    it('of a run give 400 for a null body, unlike a missing one', async () => {
      const url = `/api/v1/studies/${study.orthancStudyId}/runs`
      const headers = { ...api, 'content-type': 'application/json' }
      const run = (payload?: string) =>
        test.app.inject({
          method: 'POST',
          url,
          headers: payload ? headers : api,
          ...(payload ? { payload } : {}),
        })
      expect((await run('null')).statusCode).toBe(400)
      expect((await run()).statusCode).toBe(202)
      expect((await run('{}')).statusCode).toBe(202)
    })

    it('give 400 for a malformed address', async () => {
      const answer = await test.app.inject({ url: '/api/v1/jobs/%zz', headers: api })
      expect(answer.statusCode).toBe(400)
      expect(answer.headers['content-type']).toContain('application/problem+json')
      expect(answer.body).not.toContain('%zz')
    })
  })

  it('sends headers that keep data out of caches and frames', async () => {
    const { headers } = await test.app.inject({ url: '/api/v1/jobs', headers: api })
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    })
  })

  describe('readiness', () => {
    const archive = { name: 'archive', check: async () => '1.12.3' } as const
    const ready = async (
      ...readiness: Parameters<typeof createTestApp>[0] extends infer O
        ? NonNullable<O extends { readiness?: infer R } ? R : never>
        : never
    ) => {
      const other = await createTestApp({ readiness })
      const answer = await other.app.inject('/health/ready')
      await other.close()
      return answer
    }

    it('names each dependency with its version', async () => {
      const answer = await ready(archive, { name: 'queue', check: async () => undefined })
      expect(answer.statusCode).toBe(200)
      expect(answer.json()).toEqual({
        status: 'ready',
        checks: [
          { name: 'archive', ok: true, version: '1.12.3' },
          { name: 'queue', ok: true },
        ],
      })
    })

    it('gives 503 with the failing part and the reason', async () => {
      const answer = await ready(archive, {
        name: 'model',
        check: async () => {
          throw new HippoError('MODEL_ALTERED', 'The model file does not match its checksum.')
        },
      })
      expect(answer.statusCode).toBe(503)
      expect(answer.headers['content-type']).toContain('application/problem+json')
      expect(answer.json()).toMatchObject({
        code: 'MODEL_ALTERED',
        checks: [
          { name: 'archive', ok: true },
          { name: 'model', ok: false, error: { code: 'MODEL_ALTERED' } },
        ],
      })
    })

    it('does not show the message of a bug', async () => {
      const answer = await ready({
        name: 'queue',
        check: async () => {
          throw new Error('secret')
        },
      })
      expect(answer.statusCode).toBe(503)
      expect(answer.body).not.toContain('secret')
    })
  })

  describe('metrics', () => {
    const read = async () => (await test.app.inject({ url: '/metrics', headers: api })).body

    it('count jobs by state, age, stages, endings and requests', async () => {
      const error = recordError(new HippoError('SLICES_MISSING', 'Slice 7 is missing.'))
      const id = await test.endJob({ state: 'rejected', outcome: {}, error })
      const job = (await test.store.find(id))!
      const timings = [{ stage: 'infer', milliseconds: 300 }] as const
      test.metrics.observeJob(job, { state: 'rejected', outcome: {}, error }, timings)
      await announce(announcement)
      const text = await read()
      expect(text).toContain('hippovolume_jobs{state="rejected"} 1')
      expect(text).toContain('hippovolume_jobs{state="queued"} 1')
      expect(text).toMatch(/hippovolume_queue_age_seconds [0-9.e-]+\n/)
      expect(text).toContain(
        'hippovolume_jobs_finished_total{state="rejected",code="SLICES_MISSING"} 1',
      )
      expect(text).toContain('hippovolume_stage_duration_seconds_sum{stage="infer"} 0.3')
      expect(text).toContain(
        'hippovolume_http_request_duration_seconds_count{method="POST",route="/api/v1/stable-studies",status="202"} 1',
      )
    })

    it('are still served when the queue fails', async () => {
      test.store.countByState = async () => {
        throw new HippoError('QUEUE_UNAVAILABLE', 'locked')
      }
      expect(await read()).toContain('hippovolume_queue_age_seconds 0')
      expect(await read()).toMatch(/hippovolume_queue_read_failures_total [12]\n/)
    })
  })

  it('shows its page to a browser that gives the API token as password', async () => {
    const asked = await test.app.inject('/docs')
    expect(asked.statusCode).toBe(401)
    expect(asked.headers['www-authenticate']).toMatch(/^Basic/)
    const page = await test.app.inject({ url: '/docs', headers: basic(apiToken) })
    expect(page.statusCode).toBe(200)
    expect(page.body).toContain('swagger-ui')
    expect(page.headers['content-security-policy']).not.toContain('upgrade-insecure-requests')
    const assets = [...page.body.matchAll(/(?:src|href)="\.?\/?(docs\/)?(static\/[^"]+)"/g)]
    expect(assets.length).toBeGreaterThan(2)
    for (const asset of assets) {
      const url = `/docs/${asset[2]}`
      const answer = await test.app.inject({ url, headers: basic(apiToken) })
      expect(answer.statusCode, url).toBe(200)
      expect((await test.app.inject(url)).statusCode, url).toBe(401)
    }
  })
})
