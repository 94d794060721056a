import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HippoError } from '../../src/errors.ts'
import type { Job, JobAnswer } from '../../src/queue/job.ts'
import { createTestApp, operator, reader, type TestApp } from './test-app.ts'

const outcome = { verdicts: [], studyFingerprint: 'f00', result: { volumes: [] } }
const succeeded = { state: 'succeeded', outcome, predecessorJobId: undefined } as const
const now = Date.parse('2026-12-01T09:00:00Z')

describe('the answer to a result', () => {
  let test: TestApp
  let marked: [Job, JobAnswer][]
  let isArchiveDown: boolean
  const answer = (id: string, body: object, headers: object = operator) =>
    test.app.inject({
      method: 'POST',
      url: `/api/v1/jobs/${id}/answer`,
      headers: { ...headers },
      payload: body,
    })

  beforeEach(async () => {
    marked = []
    isArchiveDown = false
    test = await createTestApp({
      clock: () => now,
      markRejected: async (job, given) => {
        if (isArchiveDown) throw new HippoError('ARCHIVE_UNREACHABLE', 'Orthanc is away.')
        marked.push([job, given])
      },
    })
  })
  afterEach(() => test.close())

  it('is stored with its author and time, and shown with the job', async () => {
    const id = await test.endJob(succeeded)
    const accepted = await answer(id, { answer: 'accepted', reader: 'Dr. Muster' })
    expect(accepted.statusCode).toBe(200)
    const given = {
      answer: 'accepted',
      reader: 'Dr. Muster',
      by: 'operator token',
      at: '2026-12-01T09:00:00.000Z',
    }
    expect(accepted.json().answer).toMatchObject({ ...given, by: expect.any(String) })
    expect((await test.store.find(id))?.answer).toMatchObject({ answer: 'accepted', at: now })
    expect(marked).toEqual([])
  })

  it('rejects with a reason, and marks it in the archive first', async () => {
    const id = await test.endJob(succeeded)
    expect((await answer(id, { answer: 'rejected' })).statusCode).toBe(400)
    expect((await answer(id, { answer: 'rejected', reason: '  ' })).statusCode).toBe(400)
    isArchiveDown = true
    expect((await answer(id, { answer: 'rejected', reason: 'Moved' })).statusCode).toBe(503)
    expect((await test.store.find(id))?.answer).toBeUndefined()
    isArchiveDown = false
    expect((await answer(id, { answer: 'rejected', reason: 'Moved' })).statusCode).toBe(200)
    expect(marked).toMatchObject([[{ id }, { answer: 'rejected', reason: 'Moved' }]])
    const again = await answer(id, { answer: 'accepted' })
    expect([again.statusCode, again.json().code]).toEqual([409, 'ANSWER_REFUSED'])
  })

  it('applies to the current result, and a new result has none', async () => {
    const first = await test.endJob(succeeded)
    const look = await test.endJob({ state: 'unchanged', outcome, predecessorJobId: first })
    expect((await answer(look, { answer: 'accepted' })).json()).toMatchObject({ id: first })
    const second = await test.endJob({ ...succeeded, predecessorJobId: first })
    expect((await test.store.find(second))?.answer).toBeUndefined()
    const late = await answer(first, { answer: 'rejected', reason: 'Moved' })
    expect([late.statusCode, late.json().code]).toEqual([409, 'ANSWER_REFUSED'])
    expect(marked).toEqual([])
  })

  it('is for operators, and only for results', async () => {
    const id = await test.endJob(succeeded)
    expect((await answer(id, { answer: 'accepted' }, reader)).statusCode).toBe(403)
    expect((await answer('0', { answer: 'accepted' })).statusCode).toBe(404)
    for (const body of [{}, { answer: 'maybe' }, { answer: 'accepted', reader: 'a\nb' }]) {
      expect((await answer(id, body)).statusCode).toBe(400)
    }
  })

  it('is in the audit trail, with decision and reason', async () => {
    const id = await test.endJob(succeeded)
    await answer(id, { answer: 'rejected', reason: 'Moved' })
    await test.app.close()
    const lines: string[] = []
    for await (const line of test.audit.read()) lines.push(line)
    const entries = lines
      .map((line) => JSON.parse(line))
      .filter(({ what }) => what === 'answerResult')
    expect(entries.map(({ outcome: end }) => end)).toEqual(['asked', 'done'])
    expect(entries[1]).toMatchObject({
      jobId: id,
      role: 'operator',
      details: { answer: 'rejected', reason: 'Moved' },
    })
  })
})
