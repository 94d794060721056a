import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { closeWithin } from '../../src/http/close-within.ts'
import { createTestApp, hook, hookToken, study, type TestApp } from './test-app.ts'

const tenMegabytes = 10 * 1024 * 1024

describe('the listening service', () => {
  let test: TestApp
  let port: number

  beforeEach(async () => {
    test = await createTestApp()
    port = Number(new URL(await test.app.listen({ port: 0, host: '127.0.0.1' })).port)
  })
  afterEach(() => test.close())

  /** Sends a request as text and answers all that came back, however the connection ended. */
  function speak(head: readonly string[], body: Buffer): Promise<string> {
    return new Promise((resolve) => {
      let answer = ''
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(`${head.join('\r\n')}\r\n\r\n`)
        socket.write(body)
      })
      socket.setEncoding('latin1')
      socket.on('data', (text) => {
        answer += text
        if (answer.includes('}')) socket.destroy()
      })
      socket.on('error', () => {})
      socket.on('close', () => resolve(answer))
    })
  }

  const head = (...more: string[]) => [
    'POST /api/v1/stable-studies HTTP/1.1',
    'Host: localhost',
    `Authorization: Bearer ${hookToken}`,
    'Content-Type: application/json',
    ...more,
  ]

  it.each([
    ['an address that cannot be decoded', 'GET /api/v1/jobs/%zz-Mueller HTTP/1.1', 401],
    ['one cut within a character', 'GET /api/v1/%E0%A4 HTTP/1.1', 401],
    ['a method that does not exist', 'Mueller /api/v1/jobs HTTP/1.1', 400],
    ['letters that no address has', 'GET /api/v1/M\u00fcller HTTP/1.1', 400],
  ])('handles %s like all others: identity, headers, nothing quoted', async (_, first, status) => {
    const answer = await speak([first, 'Host: localhost', 'Connection: close'], Buffer.alloc(0))
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(answer.toLowerCase()).toContain('x-content-type-options: nosniff')
    expect(answer.toLowerCase()).toContain('content-type: application/problem+json')
    expect(answer).not.toMatch(/Mueller|zz|%E0/)
  })

  it('closes although a client keeps its idle connection', async () => {
    const idle = connect(port, '127.0.0.1')
    await new Promise((resolve) => idle.once('connect', resolve))
    idle.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n')
    await new Promise((resolve) => idle.once('data', resolve))
    const closed = new Promise((resolve) => idle.once('close', resolve))
    await closeWithin(test.app, 1_000)
    await closed
  })

  it('closes after the grace although a client does not finish its request', async () => {
    const slow = connect(port, '127.0.0.1')
    slow.on('error', () => {})
    await new Promise((resolve) => slow.once('connect', resolve))
    slow.write('POST /api/v1/stable-studies HTTP/1.1\r\nHost: x\r\n')
    const closed = new Promise((resolve) => slow.once('close', resolve))
    await closeWithin(test.app, 200)
    await closed
  })

  it('refuses a body of 10 MB with 413 and continues', async () => {
    const body = Buffer.alloc(tenMegabytes, 0x20)
    const answer = await speak(head(`Content-Length: ${body.length}`), body)
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toContain('application/problem+json')
    expect(answer).toContain('"code":"REQUEST_INVALID"')

    const next = await fetch(`http://127.0.0.1:${port}/api/v1/stable-studies`, {
      method: 'POST',
      headers: { ...hook, 'content-type': 'application/json' },
      body: JSON.stringify(study),
    })
    expect(next.status).toBe(202)
  })

  it('refuses a body of 10 MB without a stated length with 413', async () => {
    const chunk = Buffer.concat([
      Buffer.from(`${tenMegabytes.toString(16)}\r\n`),
      Buffer.alloc(tenMegabytes, 0x20),
    ])
    const answer = await speak(head('Transfer-Encoding: chunked'), chunk)
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
  })

  it('refuses a body of 10 MB without a token before reading it', async () => {
    const lines = head('Content-Length: 10485760').filter((line) => !line.includes('Bearer'))
    const answer = await speak(lines, Buffer.alloc(0))
    expect(answer).toMatch(/^HTTP\/1\.1 401 /)
  })
})
