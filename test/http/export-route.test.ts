import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ExportCsv } from '../../src/http/export-route.ts'
import { writeCsv } from '../../src/research/write-csv.ts'
import { api, createTestApp, hook, type TestApp } from './test-app.ts'

describe('the table of results over REST', () => {
  let test: TestApp
  let asked: Parameters<ExportCsv>[0][]
  let table: () => Readable

  beforeEach(async () => {
    asked = []
    table = () => Readable.from(['a,b\r\n', '1,2\r\n'])
    test = await createTestApp({
      exportCsv: async (request) => {
        asked.push(request)
        return table()
      },
    })
  })
  afterEach(() => test.close())

  const path = '/api/v1/results.csv'
  const get = (query = '') => test.app.inject({ url: `${path}${query}`, headers: api })
  const post = (payload: object) =>
    test.app.inject({ method: 'POST', url: path, headers: api, payload })

  it('is a download of CSV with the usual results', async () => {
    const answer = await get()
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8; header=present')
    expect(answer.headers['content-disposition']).toContain('results.csv')
    expect(answer.body).toBe('a,b\r\n1,2\r\n')
    expect(asked).toEqual([
      {
        ...{ query: undefined, studies: undefined, superseded: false, pseudonymous: false },
        states: ['succeeded', 'rejected', 'failed'],
      },
    ])
  })

  it('accepts studies, states and flags, in the address or in a body', async () => {
    await get('?study=1.2.3&study=4.5.6&state=failed&superseded=true&pseudonymous=true')
    await post({
      ...{ studies: ['1.2.3', '4.5.6'], states: ['failed'], superseded: true },
      pseudonymous: true,
    })
    expect(asked[0]).toEqual(asked[1])
    expect(asked[0]).toMatchObject({ studies: ['1.2.3', '4.5.6'], pseudonymous: true })
  })

  it('accepts a query, or that of a backfill', async () => {
    const query = { from: '2020-01-31', patientIds: ['P1'] }
    const made = await test.app.inject({
      ...{ method: 'POST', url: '/api/v1/backfills', headers: api },
      payload: { query },
    })
    await post({ query })
    await get(`?backfill=${made.json().id}`)
    const read = { from: '20200131', patientIds: ['P1'] }
    expect(asked.map((request) => request.query)).toEqual([read, read])
    expect((await get('?backfill=none')).statusCode).toBe(404)
  })

  it.each([
    ['?study=x'],
    ['?state=queued'],
    ['?pseudonymous=yes'],
    ['?study=1.2&backfill=a'],
    ['?what=1'],
  ])('refuses %s', async (query) => {
    const answer = await get(query)
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ code: 'REQUEST_INVALID' })
  })

  it('is closed to the hook', async () => {
    expect((await test.app.inject({ url: path, headers: hook })).statusCode).toBe(403)
  })

  it('stops reading when its client disconnects, without side effects', async () => {
    const stopped = Promise.withResolvers<void>()
    const own = await createTestApp({
      exportCsv: async (_, signal) =>
        writeCsv(
          (async function* () {
            try {
              for (;;) {
                yield { patient_id: 'P'.repeat(1_000) }
                await sleep(1, undefined, { signal })
              }
            } finally {
              stopped.resolve()
            }
          })(),
        ),
    })
    const address = await own.app.listen({ port: 0, host: '127.0.0.1' })
    const leaving = new AbortController()
    const answer = await fetch(`${address}${path}`, { headers: api, signal: leaving.signal })
    await answer.body!.getReader().read()
    leaving.abort()
    await stopped.promise
    expect((await fetch(`${address}/health/live`)).status).toBe(200)
    await own.close()
  })

  it('aborts the connection if a table cannot be finished', async () => {
    const address = await test.app.listen({ port: 0, host: '127.0.0.1' })
    table = () =>
      Readable.from(
        (async function* () {
          yield 'a,b\r\n'
          throw new Error('the archive went away')
        })(),
      )
    const answer = await fetch(`${address}${path}`, { headers: api })
    expect(answer.status).toBe(200)
    await expect(answer.text()).rejects.toThrow()
  })
})
