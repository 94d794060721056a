import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readAccessTokens } from '../../src/access/access-tokens.ts'
import { audience, type Issuer, issuer, now, startIssuer } from '../access/issuer.ts'
import { api, createTestApp, type TestApp } from './test-app.ts'

describe('a request with an access token', () => {
  let test: TestApp
  let source: Issuer

  beforeEach(async () => {
    source = await startIssuer()
    const readAccessToken = readAccessTokens({
      issuer,
      audience,
      jwksUrl: 'https://id.hospital.example/keys',
      rolesClaim: 'roles',
      rolePrefix: 'hippovolume-',
      clock: () => now * 1000,
      fetch: source.fetch,
    })
    test = await createTestApp({ readAccessToken })
  })
  afterEach(() => test.close())

  const ask = (token: string, url = '/api/v1/jobs', method: 'GET' | 'POST' = 'GET') =>
    test.app.inject({ method, url, headers: { authorization: `Bearer ${token}` } })
  const cancel = '/api/v1/jobs/x/cancel'

  it('has the permissions of its role', async () => {
    const operator = await source.sign()
    expect((await ask(operator)).statusCode).toBe(200)
    expect((await ask(operator, cancel, 'POST')).statusCode).toBe(404)
    expect((await ask(operator, '/api/v1/audit')).statusCode).toBe(403)
    const reader = await source.sign({ roles: ['hippovolume-reader'] })
    expect((await ask(reader)).statusCode).toBe(200)
    expect((await ask(reader, cancel, 'POST')).statusCode).toBe(403)
  })

  it('gives 403 without a role, and the audit trail records the subject', async () => {
    const answer = await ask(await source.sign({ roles: ['nurse'] }))
    expect(answer.statusCode).toBe(403)
    expect(answer.json()).toMatchObject({ code: 'FORBIDDEN' })
    await test.app.close()
    const lines: string[] = []
    for await (const line of test.audit.read()) lines.push(line)
    expect(lines.at(-1)).toContain('"who":"c.bauer","role":"none","by":"oidc"')
  })

  it('gives 401 after expiry, with the reason', async () => {
    const answer = await ask(await source.sign({ exp: now - 60 }))
    expect(answer.statusCode).toBe(401)
    expect(answer.headers['www-authenticate']).toBe(
      'Bearer realm="HippoVolume", error="invalid_token"',
    )
    expect(answer.json()).toMatchObject({
      code: 'UNAUTHORIZED',
      retryable: false,
      detail: 'The access token has expired.',
    })
  })

  it('gives 503 while the keys cannot be fetched, and the fixed tokens still work', async () => {
    source.isDown = true
    const answer = await ask(await source.sign())
    expect(answer.statusCode).toBe(503)
    expect(answer.headers['retry-after']).toBe('5')
    expect(answer.json()).toMatchObject({ code: 'IDENTITY_UNREACHABLE', retryable: true })
    expect(answer.body).not.toContain('fetch failed')
    const fixed = await test.app.inject({ url: '/api/v1/jobs', headers: api })
    expect(fixed.statusCode).toBe(200)
  })

  it('is unknown to a service without an issuer', async () => {
    const other = await createTestApp()
    const headers = { authorization: `Bearer ${await source.sign()}` }
    const answer = await other.app.inject({ url: '/api/v1/jobs', headers })
    expect(answer.statusCode).toBe(401)
    await other.close()
  })
})
