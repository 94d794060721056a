import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AuditTrail } from '../../src/audit/audit-entry.ts'
import { verifyAudit } from '../../src/audit/verify-audit.ts'
import { HippoError } from '../../src/errors.ts'
import { api, createTestApp, hook, operator, reader, study, type TestApp } from './test-app.ts'

/** A trail whose disk is full. */
const full: AuditTrail = {
  async record() {
    throw new HippoError('AUDIT_UNWRITABLE', 'The audit trail cannot be written.')
  },
  async *read() {},
  async check() {},
  head: () => undefined,
  async close() {},
}

describe('the audit trail of requests', () => {
  let test: TestApp
  beforeEach(async () => {
    test = await createTestApp()
  })
  afterEach(() => test.close())

  async function readEntries(): Promise<Record<string, unknown>[]> {
    await test.app.close()
    const entries: Record<string, unknown>[] = []
    for await (const line of test.audit.read()) entries.push(JSON.parse(line))
    return entries.slice(1)
  }
  const endJob = () => test.endJob({ state: 'succeeded', outcome: { kind: 'crop' } } as never)

  it('records who cancelled which job of which study, before and after', async () => {
    const { job } = await test.store.enqueue({ ...study, trigger: 'hook', force: false })
    const url = `/api/v1/jobs/${job.id}/cancel`
    const remoteAddress = '10.1.2.3'
    await test.app.inject({ method: 'POST', url, headers: operator, remoteAddress })
    const common = {
      who: 'operator',
      role: 'operator',
      by: 'token',
      from: remoteAddress,
      what: 'cancelJob',
      jobId: job.id,
      ...study,
    }
    expect(await readEntries()).toMatchObject([
      { ...common, outcome: 'asked' },
      { ...common, outcome: 'done', details: { status: 202 } },
    ])
  })

  it('records the job of a run, and the code of a refusal', async () => {
    const run = (id: string) =>
      test.app.inject({ method: 'POST', url: `/api/v1/studies/${id}/runs`, headers: api })
    const { id } = (await run(study.studyInstanceUid)).json()
    await run('1.2.3')
    expect(await readEntries()).toMatchObject([
      { what: 'runStudy', studyInstanceUid: study.studyInstanceUid, outcome: 'asked' },
      { what: 'runStudy', jobId: id, ...study, outcome: 'done' },
      { what: 'runStudy', studyInstanceUid: '1.2.3', outcome: 'asked' },
      { what: 'runStudy', outcome: 'refused', details: { status: 404, code: 'STUDY_NOT_FOUND' } },
    ])
  })

  it('records who read results, report and FHIR, but not the list of jobs', async () => {
    const id = await endJob()
    for (const path of ['', '/results', '/report.png', '/fhir']) {
      await test.app.inject({ url: `/api/v1/jobs/${id}${path}`, headers: reader })
    }
    const entries = await readEntries()
    expect(entries.map(({ what }) => what)).toEqual(['readResults', 'readReport', 'readFhir'])
    for (const entry of entries) expect(entry).toMatchObject({ who: 'reader', jobId: id, ...study })
  })

  it('records notifications of the hook', async () => {
    const url = '/api/v1/stable-studies'
    await test.app.inject({ method: 'POST', url, headers: hook, payload: study })
    expect(await readEntries()).toMatchObject([
      { who: 'hook', what: 'announceStableStudy', ...study, outcome: 'done' },
    ])
  })

  it('records refused callers, without their tokens', async () => {
    const url = '/api/v1/jobs/x/cancel'
    await test.app.inject({ method: 'POST', url, headers: reader })
    await test.app.inject({
      method: 'POST',
      url,
      headers: { authorization: 'Bearer forged-token' },
    })
    const entries = await readEntries()
    expect(entries).toMatchObject([
      { who: 'reader', what: 'cancelJob', outcome: 'refused', details: { code: 'FORBIDDEN' } },
      { who: 'unknown', what: 'cancelJob', outcome: 'refused', details: { code: 'UNAUTHORIZED' } },
    ])
    expect(JSON.stringify(entries)).not.toContain('forged-token')
  })

  it('is exported as complete JSON lines, and the export is in the next one', async () => {
    await endJob()
    const read = () => test.app.inject({ url: '/api/v1/audit', headers: api })
    await read()
    const answer = await read()
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toBe('application/x-ndjson')
    const lines = answer.body.trimEnd().split('\n')
    expect(lines.at(-1)).toContain('"what":"exportAudit"')
    const each = async function* () {
      yield* lines
    }
    expect((await verifyAudit(each())).faults).toEqual([])
  })

  it('contains no text of a caller except identifiers', async () => {
    const planted = 'PLANTED^PATIENT'
    await test.app.inject({
      method: 'POST',
      url: `/api/v1/studies/${encodeURIComponent(planted)}/runs?name=${planted}`,
      headers: { ...api, 'user-agent': planted, referer: planted },
      payload: { force: planted },
    })
    await test.app.inject({ method: 'POST', url: `/${planted}`, headers: api })
    await test.app.inject({ url: `/api/v1/jobs/${planted}/results`, headers: reader })
    await test.app.inject({
      method: 'POST',
      url: '/api/v1/stable-studies',
      headers: hook,
      payload: { orthancStudyId: planted, studyInstanceUid: planted },
    })
    expect(JSON.stringify(await readEntries())).not.toContain('PLANTED')
  })

  describe('when it cannot be written', () => {
    beforeEach(async () => {
      await test.close()
      test = await createTestApp({ audit: full })
    })

    it('nothing is changed: 503 with a time to retry', async () => {
      const { job } = await test.store.enqueue({ ...study, trigger: 'hook', force: false })
      const url = `/api/v1/jobs/${job.id}/cancel`
      const answer = await test.app.inject({ method: 'POST', url, headers: api })
      expect(answer.statusCode).toBe(503)
      expect(answer.headers['retry-after']).toBe('5')
      expect(answer.json()).toMatchObject({ code: 'AUDIT_UNWRITABLE', retryable: true })
      expect(await test.store.find(job.id)).toMatchObject({ state: 'queued' })
    })

    it('no result is shown', async () => {
      const id = await endJob()
      const url = `/api/v1/jobs/${id}/results`
      const answer = await test.app.inject({ url, headers: reader })
      expect(answer.statusCode).toBe(503)
      expect(answer.headers['content-type']).toContain('application/problem+json')
      expect(Number(answer.headers['content-length'])).toBe(answer.body.length)
      expect(answer.json()).toMatchObject({ code: 'AUDIT_UNWRITABLE' })
      expect(answer.body).not.toContain('crop')
    })

    it('the hook still works, and the list of jobs is still shown', async () => {
      const url = '/api/v1/stable-studies'
      const heard = await test.app.inject({ method: 'POST', url, headers: hook, payload: study })
      expect(heard.statusCode).toBe(202)
      const shown = await test.app.inject({ url: '/api/v1/jobs', headers: reader })
      expect(shown.json().total).toBe(1)
    })
  })
})
