import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { backfillListReply, backfillView } from '../../src/http/backfill-schema.ts'
import { api, createTestApp, hook, type TestApp } from './test-app.ts'

describe('the REST API of backfills', () => {
  let test: TestApp
  beforeEach(async () => {
    test = await createTestApp()
  })
  afterEach(() => test.close())

  const post = (path: string, payload?: object, headers: object = api) =>
    test.app.inject({
      method: 'POST',
      url: `/api/v1/backfills${path}`,
      headers: headers as Record<string, string>,
      ...(payload && { payload }),
    })
  const get = (path: string) => test.app.inject({ url: `/api/v1/backfills${path}`, headers: api })
  const faults = (schema: TSchema, value: unknown) => [...Value.Errors(schema, value)]

  it('starts one, shows it as documented, with its creator', async () => {
    const query = {
      from: '2020-01-31',
      to: '20201231',
      descriptions: [' T1* '],
      patientIds: ['P1', 'P 2', 'P1'],
    }
    const made = await post('', { query, ratePerMinute: 12.5 })
    expect(made.statusCode).toBe(201)
    expect(faults(backfillView, made.json())).toEqual([])
    expect(made.json()).toMatchObject({
      state: 'running',
      createdBy: 'admin',
      ratePerMinute: 12.5,
      query: {
        from: '2020-01-31',
        to: '2020-12-31',
        descriptions: ['T1*'],
        patientCount: 2,
      },
      ...{ looked: 0, found: 0, enqueued: 0, ended: 0, passedOver: 0 },
      counts: { queued: 0, running: 0, succeeded: 0 },
    })
    expect(made.body).not.toContain('P 2')
    const { id } = made.json()
    expect(made.headers.location).toBe(`/api/v1/backfills/${id}`)
    expect((await get(`/${id}`)).json()).toEqual(made.json())
    await post('', { query: {} })
    const { json } = await get('')
    expect(faults(backfillListReply, json())).toEqual([])
    expect(json().backfills).toHaveLength(2)
    expect(json().backfills[0]).toMatchObject({ query: {}, ratePerMinute: 30 })
  })

  it('pauses, resumes and cancels', async () => {
    const { id } = (await post('', { query: {} })).json()
    for (const [action, state] of [
      ['pause', 'paused'],
      ['pause', 'paused'],
      ['resume', 'running'],
      ['cancel', 'cancelled'],
    ] as const) {
      const answer = await post(`/${id}/${action}`)
      expect(answer.statusCode).toBe(200)
      expect(answer.json().state).toBe(state)
    }
    const late = await post(`/${id}/resume`)
    expect(late.statusCode).toBe(409)
    expect(late.json()).toMatchObject({ code: 'BACKFILL_ENDED' })
    for (const answer of [await post('/none/pause'), await get('/none')]) {
      expect(answer.statusCode).toBe(404)
      expect(answer.json()).toMatchObject({ code: 'BACKFILL_NOT_FOUND' })
    }
  })

  it.each([
    [{}],
    [{ query: { from: '2020-02-30' } }],
    [{ query: { from: '20201301' } }],
    [{ query: { from: '2021-01-01', to: '2020-01-01' } }],
    [{ query: { patientIds: [] } }],
    [{ query: { patientIds: ['a\\b'] } }],
    [{ query: { descriptions: [''] } }],
    [{ query: { patients: ['a'] } }],
    [{ query: {}, ratePerMinute: 0 }],
    [{ query: {}, ratePerMinute: '5' }],
  ])('refuses %j', async (body) => {
    const answer = await post('', body)
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ code: 'REQUEST_INVALID' })
    expect((await get('')).json().backfills).toEqual([])
  })

  it('is closed to the hook', async () => {
    expect((await post('', { query: {} }, hook)).statusCode).toBe(403)
    expect((await post('', { query: {} }, {})).statusCode).toBe(401)
  })
})
