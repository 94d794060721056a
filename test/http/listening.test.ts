import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
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

  it('answers a body of 10 MB with 413 and goes on', async () => {
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

  it('answers a body of 10 MB whose length is not announced with 413', async () => {
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
