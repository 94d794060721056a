import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { formatRolesTable, listOperations, updateRoles } from '../../tools/docs/roles-table.ts'
import { api, createTestApp, hook, operator, reader, type TestApp } from './test-app.ts'

const page = new URL('../../docs/roles.md', import.meta.url)
const headers = { nobody: {}, hook, reader, operator, admin: api } as const

/** Who may use a route of that access, as the table's columns say it. */
const expected: Record<string, readonly string[]> = {
  open: ['nobody', 'hook', 'reader', 'operator', 'admin'],
  hook: ['hook'],
  reader: ['reader', 'operator', 'admin'],
  docs: ['reader', 'operator', 'admin'],
  operator: ['operator', 'admin'],
  admin: ['admin'],
}

describe('the role matrix', () => {
  let test: TestApp

  beforeEach(async () => {
    test = await createTestApp()
  })
  afterEach(() => test.close())

  it('matches docs/roles.md', async () => {
    const text = readFileSync(page, 'utf8')
    expect(updateRoles(text, formatRolesTable(await listOperations(test.app)))).toBe(text)
  })

  it('matches the service: each role has access exactly where it may', async () => {
    const operations = await listOperations(test.app)
    expect(operations.length).toBeGreaterThan(10)
    for (const { method, path, access } of operations) {
      const mayEnter: string[] = []
      for (const [who, given] of Object.entries(headers)) {
        const url = path.replaceAll(/\{\w+\}/g, 'x')
        // A stream without end is let in, too: it is broken off.
        const signal = AbortSignal.timeout(2_000)
        const { statusCode } = await test.app
          .inject({ method: method as 'GET', url, headers: given, signal })
          .catch(() => ({ statusCode: 200 }))
        if (statusCode !== 401 && statusCode !== 403) mayEnter.push(who)
        if (who === 'nobody' && access !== 'open') expect(statusCode, path).toBe(401)
      }
      expect(mayEnter, `${method} ${path}`).toEqual(expected[access])
    }
  })

  it('allows unknown addresses only to admin', async () => {
    for (const [who, given] of Object.entries(headers)) {
      const { statusCode } = await test.app.inject({ url: '/api/v1/secret', headers: given })
      expect(statusCode, who).toBe({ nobody: 401, admin: 404 }[who] ?? 403)
    }
  })

  it('returns 405 only to callers who may use the address', async () => {
    for (const [url, who] of [
      ['/health/live', 'nobody'],
      ['/api/v1/stable-studies', 'hook'],
      ['/api/v1/jobs', 'reader'],
      ['/api/v1/jobs/x/cancel', 'operator'],
      ['/api/v1/audit', 'admin'],
    ] as const) {
      const order = ['nobody', 'hook', 'reader', 'operator', 'admin'] as const
      const may = who === 'hook' ? ['hook'] : order.slice(order.indexOf(who))
      for (const caller of order) {
        const given = { method: 'DELETE', url, headers: headers[caller] } as const
        const { statusCode } = await test.app.inject(given)
        const refused = caller === 'nobody' ? 401 : 403
        expect(statusCode, `${caller} ${url}`).toBe(may.includes(caller) ? 405 : refused)
      }
    }
  })

  it('records every route that shows results or the audit trail', async () => {
    for (const { path, method, isRecorded } of await listOperations(test.app)) {
      const isTelling = /results|report|fhir|export|audit/.test(path)
      expect(isRecorded, `${method} ${path}`).toBe(isTelling || method !== 'GET')
    }
  })

  it('lets a reader open the documentation by password', async () => {
    const [, token] = reader.authorization.split(' ')
    const basic = (password: string) => `Basic ${Buffer.from(`x:${password}`).toString('base64')}`
    const read = async (password: string) =>
      (await test.app.inject({ url: '/docs', headers: { authorization: basic(password) } }))
        .statusCode
    expect(await read(token ?? '')).toBe(200)
    expect(await read('wrong-token-0123456789')).toBe(401)
  })
})
