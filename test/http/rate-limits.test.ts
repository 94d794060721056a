import { afterEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { guardAccess } from '../../src/wiring/guard-access.ts'
import { api, createTestApp, hook, reader, study, type TestApp } from './test-app.ts'

const required = {
  API_TOKEN: 'api-token-0123456789',
  HOOK_TOKEN: 'hook-token-0123456789',
  ORTHANC_USER: 'service',
  ORTHANC_PASSWORD: 'secret',
}

describe('the rate limits', () => {
  let test: TestApp
  afterEach(() => test.close())

  const list = (headers: object = api, remoteAddress = '10.0.0.1') =>
    test.app.inject({ url: '/api/v1/jobs', headers: { ...headers }, remoteAddress })
  const announce = () =>
    test.app.inject({
      method: 'POST',
      url: '/api/v1/stable-studies',
      headers: hook,
      payload: study,
    })
  const statuses = async (times: number, ask: () => Promise<{ statusCode: number }>) => {
    const seen: number[] = []
    for (let count = 0; count < times; count++) seen.push((await ask()).statusCode)
    return seen
  }

  it('refuse a caller with 429 and a time to retry, without affecting others', async () => {
    test = await createTestApp({ limits: { caller: 3 } })
    expect(await statuses(4, list)).toEqual([200, 200, 200, 429])
    const answer = await list()
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    expect(answer.json()).toMatchObject({ code: 'TOO_MANY_REQUESTS', retryable: true, status: 429 })
    expect((await list(reader)).statusCode).toBe(200)
    expect((await list(api, '10.0.0.2')).statusCode).toBe(200)
    expect((await announce()).statusCode).toBe(202)
  })

  it('never refuse probes', async () => {
    test = await createTestApp({ limits: { caller: 1 } })
    expect(await statuses(3, () => test.app.inject('/health/live'))).toEqual([200, 200, 200])
  })

  it('stop guessing of tokens, but not valid tokens from the same address', async () => {
    test = await createTestApp()
    const guess = () => list({ authorization: 'Bearer wrong-token-0123456789' })
    const seen = await statuses(35, guess)
    expect(seen.slice(0, 30)).toEqual(Array(30).fill(401))
    expect(seen.slice(30)).toEqual(Array(5).fill(429))
    expect((await list()).statusCode).toBe(200)
  })

  it('of the hook refuse without a job, so that Orthanc records a failure and the sweep finds the study', async () => {
    test = await createTestApp({ limits: { hook: 2 } })
    expect(await statuses(3, announce)).toEqual([202, 202, 429])
    const answer = await announce()
    expect(answer.json()).not.toHaveProperty('jobId')
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  })

  it('allow a flood of the hook: 2,000 notifications within a minute', async () => {
    test = await createTestApp({ limits: guardAccess(readConfig(required)).limits })
    const answers = await Promise.all(Array.from({ length: 2_000 }, announce))
    expect(answers.filter(({ statusCode }) => statusCode !== 202)).toEqual([])
    expect((await test.store.list({ limit: 1, offset: 0 })).total).toBe(1)
  })

  it('are off if they are 0, and for the hook if there is no sweep', async () => {
    test = await createTestApp()
    const limitsOf = (more: object) => guardAccess(readConfig({ ...required, ...more })).limits
    expect(limitsOf({})).toEqual({ caller: 6000, hook: 30_000 })
    expect(limitsOf({ RATE_LIMIT_PER_MINUTE: '0' }).caller).toBeUndefined()
    expect(limitsOf({ HOOK_RATE_LIMIT_PER_MINUTE: '0' }).hook).toBeUndefined()
    expect(limitsOf({ SWEEP_SECONDS: '0' }).hook).toBeUndefined()
  })

  it('count by the address from a trusted proxy, and no other', async () => {
    const ask = (client: string) => list({ ...api, 'x-forwarded-for': client })
    test = await createTestApp({ limits: { caller: 1 } })
    expect((await ask('192.0.2.1')).statusCode).toBe(200)
    expect((await ask('192.0.2.2')).statusCode).toBe(429)
    await test.close()
    test = await createTestApp({ limits: { caller: 1 }, trustedProxies: ['10.0.0.0/8'] })
    expect((await ask('192.0.2.1')).statusCode).toBe(200)
    expect((await ask('192.0.2.2')).statusCode).toBe(200)
    expect((await ask('192.0.2.2')).statusCode).toBe(429)
  })
})
