import { once } from 'node:events'
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:https'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type SecureVersion, type TLSSocket } from 'node:tls'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { followTlsFiles, readTlsFiles } from '../../src/wiring/tls-files.ts'
import { makeCertificate } from './make-certificate.ts'
import { api, createTestApp, type TestApp } from './test-app.ts'

const hasOpenssl = existsSync('/usr/bin/openssl')

describe.skipIf(!hasOpenssl)('the service with a certificate of its own', () => {
  let folder: string
  let one: ReturnType<typeof makeCertificate>
  let other: ReturnType<typeof makeCertificate>
  let test: TestApp
  let port: number

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hippo-tls-'))
    one = makeCertificate(folder, 'one')
    other = makeCertificate(folder, 'other')
  })
  afterAll(() => rmSync(folder, { recursive: true }))
  beforeEach(async () => {
    test = await createTestApp({ tls: readTlsFiles(one.certFile, one.keyFile) })
    const address = await test.app.listen({ port: 0, host: '127.0.0.1' })
    expect(address).toMatch(/^https:/)
    port = Number(new URL(address).port)
  })
  afterEach(() => test.close())

  async function get(path: string) {
    const asked = request({
      host: '127.0.0.1',
      port,
      path,
      ca: one.cert,
      agent: false,
      headers: api,
    })
    asked.end()
    const [answer] = await once(asked, 'response')
    answer.resume()
    return { status: answer.statusCode, headers: answer.headers }
  }

  /** Name of the certificate that is shown. */
  async function shownName(limits: { maxVersion?: SecureVersion } = {}): Promise<string> {
    const ca = [one.cert, other.cert]
    const ciphers = 'DEFAULT@SECLEVEL=0'
    const socket: TLSSocket = connect({ host: '127.0.0.1', port, ca, ...limits, ciphers })
    await once(socket, 'secureConnect')
    const { subject } = socket.getPeerCertificate()
    socket.destroy()
    return String(subject.CN)
  }

  it('serves only https, with HSTS', async () => {
    const { status, headers } = await get('/api/v1/jobs')
    expect(status).toBe(200)
    expect(headers['strict-transport-security']).toContain('max-age=')
    await expect(fetch(`http://127.0.0.1:${port}/health/live`)).rejects.toThrow()
  })

  it('refuses versions before TLS 1.2', async () => {
    expect(await shownName({ maxVersion: 'TLSv1.2' })).toBe('one')
    await expect(shownName({ maxVersion: 'TLSv1.1' })).rejects.toThrow()
  })

  it('loads a renewed certificate, but not a broken one', async () => {
    const [certFile, keyFile] = [join(folder, 'now.crt'), join(folder, 'now.key')]
    copyFileSync(one.certFile, certFile)
    copyFileSync(one.keyFile, keyFile)
    const told: unknown[] = []
    const server = test.app.server as unknown as Server
    const inUse = readTlsFiles(one.certFile, one.keyFile)
    const stop = followTlsFiles([certFile, keyFile], inUse, server, (error) => told.push(error), 20)
    const until = async (isDone: () => boolean) => {
      for (let tries = 0; tries < 200 && !isDone(); tries++) await sleep(20)
    }
    writeFileSync(certFile, 'half a certifi')
    await until(() => told.length > 0)
    expect(told[0]).toMatchObject({ code: 'CONFIG_INVALID' })
    expect(await shownName()).toBe('one')
    await sleep(100)
    expect(told.length).toBe(1)

    copyFileSync(other.keyFile, keyFile)
    copyFileSync(other.certFile, certFile)
    await until(() => told.includes(undefined))
    stop()
    expect(await shownName()).toBe('other')
  })

  it('does not start with a missing or mismatched key', () => {
    for (const keyFile of [other.keyFile, join(folder, 'none'), one.certFile]) {
      expect(() => readTlsFiles(one.certFile, keyFile)).toThrow(/TLS_CERT_FILE and TLS_KEY_FILE/)
    }
  })
})

describe('the service behind a proxy that speaks https', () => {
  it('trusts it only if configured', async () => {
    const headers = { ...api, 'x-forwarded-proto': 'https' }
    for (const trustedProxies of [[], ['10.0.0.9']]) {
      const test = await createTestApp({ trustedProxies })
      const remoteAddress = '10.0.0.9'
      const answer = await test.app.inject({ url: '/api/v1/jobs', headers, remoteAddress })
      const isBelieved = trustedProxies.length > 0
      expect('strict-transport-security' in answer.headers).toBe(isBelieved)
      await test.close()
    }
  })
})
