import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HippoError, recordError } from '../../src/errors.ts'
import { api, createTestApp, study, type TestApp } from './test-app.ts'

const outcome = {
  verdicts: [{ seriesInstanceUid: '1.2.3', chosen: true, sentence: 'Is named HippoCrop.' }],
  studyFingerprint: 'f00',
  result: { volumes: [{ side: 'left', anteriorMm3: 1500, posteriorMm3: 1400, totalMm3: 2900 }] },
}
const succeeded = { state: 'succeeded', outcome, predecessorJobId: undefined } as const
const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 1, 2, 3)

describe('jobs of the API', () => {
  let test: TestApp
  const get = (url: string) => test.app.inject({ url, headers: api })
  const post = (url: string, body?: object) =>
    test.app.inject({ method: 'POST', url, headers: api, ...(body ? { payload: body } : {}) })

  beforeEach(async () => {
    test = await createTestApp({
      viewerUrl: 'http://viewer:3000/',
      readReport: async (id) => (id === 'gone' ? undefined : Uint8Array.of(...png, id.length)),
    })
  })
  afterEach(() => test.close())

  it('are shown with ISO times and links', async () => {
    const id = await test.endJob(succeeded)
    const answer = await get(`/api/v1/jobs/${id}`)
    expect(answer.statusCode).toBe(200)
    const job = answer.json()
    expect(job).toMatchObject({
      id,
      ...study,
      state: 'succeeded',
      trigger: 'hook',
      force: false,
      runNumber: 0,
      attempts: 1,
      superseded: false,
      timings: [{ stage: 'infer', milliseconds: 300 }],
    })
    expect(job.links).toEqual({
      self: `/api/v1/jobs/${id}`,
      results: `/api/v1/jobs/${id}/results`,
      report: `/api/v1/jobs/${id}/report.png`,
      viewer: `http://viewer:3000/viewer?StudyInstanceUIDs=${study.studyInstanceUid}`,
    })
    expect(new Date(job.createdAt).toISOString()).toBe(job.createdAt)
    expect(Date.parse(job.finishedAt)).toBeGreaterThanOrEqual(Date.parse(job.analysisStartedAt))
    expect(job).not.toHaveProperty('leaseOwner')
    expect(job).not.toHaveProperty('error')
  })

  it('name their predecessor and successor', async () => {
    const first = await test.endJob(succeeded)
    const second = await test.endJob({ ...succeeded, predecessorJobId: first })
    expect((await get(`/api/v1/jobs/${first}`)).json()).toMatchObject({
      superseded: true,
      links: { supersededBy: `/api/v1/jobs/${second}` },
    })
    expect((await get(`/api/v1/jobs/${second}`)).json()).toMatchObject({
      superseded: false,
      links: { predecessor: `/api/v1/jobs/${first}` },
    })
  })

  it('state the time of the next attempt and why the last one failed', async () => {
    const { job } = await test.store.enqueue({ ...study, trigger: 'sweep', force: false })
    await test.store.claim('a', 1_000)
    const error = recordError(new HippoError('ARCHIVE_UNREACHABLE', 'Orthanc is down.'))
    await test.store.retryLater(job.id, 'a', error, 1_900_000_000_000)
    const shown = (await get(`/api/v1/jobs/${job.id}`)).json()
    expect(shown).toMatchObject({
      state: 'queued',
      nextAttemptAt: '2030-03-17T17:46:40.000Z',
      error: { code: 'ARCHIVE_UNREACHABLE', message: 'Orthanc is down.' },
    })
    expect(shown.links).not.toHaveProperty('results')
  })

  describe('listed', () => {
    beforeEach(async () => {
      await test.endJob(succeeded)
      for (const digit of ['1', '2', '3']) {
        await test.store.enqueue({
          orthancStudyId: study.orthancStudyId.replace(/^0/, digit),
          studyInstanceUid: `1.2.${digit}`,
          trigger: 'hook',
          force: false,
        })
      }
    })
    const uids = async (query: string) =>
      (await get(`/api/v1/jobs${query}`))
        .json()
        .jobs.map((job: typeof study) => job.studyInstanceUid)

    it('come newest first in pages', async () => {
      expect(await uids('')).toEqual(['1.2.3', '1.2.2', '1.2.1', study.studyInstanceUid])
      expect((await get('/api/v1/jobs?limit=2&offset=1')).json()).toMatchObject({
        total: 4,
        limit: 2,
        offset: 1,
        jobs: [{ studyInstanceUid: '1.2.2' }, { studyInstanceUid: '1.2.1' }],
      })
    })

    it('are filtered by states and study', async () => {
      expect(await uids('?state=succeeded')).toEqual([study.studyInstanceUid])
      expect(await uids('?state=succeeded&state=queued&limit=2')).toEqual(['1.2.3', '1.2.2'])
      expect(await uids('?state=failed')).toEqual([])
      expect(await uids('?study=1.2.2')).toEqual(['1.2.2'])
      expect(await uids(`?study=${study.orthancStudyId}`)).toEqual([study.studyInstanceUid])
    })

    it.each([
      'limit=0',
      'limit=201',
      'limit=x',
      'limit=1.5',
      'limit=0x10',
      'limit=1e1',
      'limit=',
      'limit=1&limit=2',
      'offset=-1',
      'offset=99999999999999999999',
      'state=unknown',
      'study=%27%20OR%201=1',
      'other=1',
    ])('refuse the query %s', async (query) => {
      const answer = await get(`/api/v1/jobs?${query}`)
      expect(answer.statusCode).toBe(400)
      expect(answer.json()).toMatchObject({ code: 'REQUEST_INVALID', retryable: false })
    })
  })

  describe('results', () => {
    it('are the outcome stored by the run', async () => {
      const id = await test.endJob(succeeded)
      const answer = await get(`/api/v1/jobs/${id}/results`)
      expect(answer.statusCode).toBe(200)
      expect(answer.json()).toMatchObject({ job: { id, state: 'succeeded' } })
      expect(answer.json().outcome).toEqual(outcome)
    })

    it('of a superseded job are marked', async () => {
      const first = await test.endJob(succeeded)
      await test.endJob({ ...succeeded, predecessorJobId: first })
      const answer = await get(`/api/v1/jobs/${first}/results`)
      expect(answer.json()).toMatchObject({ job: { superseded: true }, outcome })
    })

    it.each(['results', 'report.png'])('%s of a waiting job are not ready yet', async (what) => {
      const { job } = await test.store.enqueue({ ...study, trigger: 'hook', force: false })
      const answer = await get(`/api/v1/jobs/${job.id}/${what}`)
      expect(answer.statusCode).toBe(409)
      expect(answer.json()).toMatchObject({ code: 'RESULTS_NOT_READY', retryable: true })
    })

    it.each(['results', 'report.png'])('%s of a rejected job give the reason', async (what) => {
      const error = recordError(new HippoError('SLICES_MISSING', 'Slice 7 of 40 is missing.'))
      const id = await test.endJob({ state: 'rejected', outcome: { verdicts: [1] }, error })
      const answer = await get(`/api/v1/jobs/${id}/${what}`)
      expect(answer.statusCode).toBe(409)
      expect(answer.headers['content-type']).toContain('application/problem+json')
      expect(answer.json()).toMatchObject({
        code: 'SLICES_MISSING',
        stage: 'assemble',
        detail: 'Slice 7 of 40 is missing.',
        jobState: 'rejected',
        outcome: { verdicts: [1] },
      })
    })
  })

  describe('the page', () => {
    it('is returned as PNG', async () => {
      const id = await test.endJob(succeeded)
      const answer = await get(`/api/v1/jobs/${id}/report.png`)
      expect(answer.statusCode).toBe(200)
      expect(answer.headers['content-type']).toBe('image/png')
      expect(answer.rawPayload).toEqual(Buffer.from([...png, id.length]))
    })

    it('of a job that found nothing new is that of the current result', async () => {
      const ending = { state: 'unchanged', outcome, predecessorJobId: 'first' } as const
      const id = await test.endJob(ending)
      const answer = await get(`/api/v1/jobs/${id}/report.png`)
      expect(answer.rawPayload.at(-1)).toBe('first'.length)
    })

    it('of a job that rejected a series is the one with the reason', async () => {
      const error = recordError(new HippoError('QUALITY_REJECTED', 'The head is cut off.'))
      const outcome = { verdicts: [1], rejection: { stored: [{ role: 'rejection' }] } }
      const id = await test.endJob({ state: 'rejected', outcome, error })
      const answer = await get(`/api/v1/jobs/${id}/report.png`)
      expect(answer.statusCode).toBe(200)
      expect(answer.rawPayload).toEqual(Buffer.from([...png, id.length]))
    })

    it('gives 404 if it is not stored', async () => {
      const id = await test.endJob({ ...succeeded, state: 'unchanged', predecessorJobId: 'gone' })
      expect((await get(`/api/v1/jobs/${id}/report.png`)).statusCode).toBe(404)
    })
  })

  describe('cancelled', () => {
    it('end immediately while waiting', async () => {
      const { job } = await test.store.enqueue({ ...study, trigger: 'hook', force: false })
      const answer = await post(`/api/v1/jobs/${job.id}/cancel`)
      expect(answer.statusCode).toBe(202)
      expect(answer.json()).toMatchObject({ state: 'cancelled', cancelRequested: true })
      expect((await test.store.find(job.id))?.state).toBe('cancelled')
    })

    it('are refused after the end', async () => {
      const id = await test.endJob(succeeded)
      const answer = await post(`/api/v1/jobs/${id}/cancel`)
      expect(answer.statusCode).toBe(409)
      expect(answer.json()).toMatchObject({ code: 'JOB_NOT_CANCELLABLE' })
    })
  })

  it.each([
    ['GET', ''],
    ['GET', '/results'],
    ['GET', '/report.png'],
    ['POST', '/cancel'],
  ] as const)('give 404 if unknown: %s %s', async (method, path) => {
    const url = `/api/v1/jobs/2b1c9d1e-unknown${path}`
    const answer = await test.app.inject({ method, url, headers: api })
    expect(answer.statusCode).toBe(404)
    expect(answer.json()).toMatchObject({ code: 'JOB_NOT_FOUND', status: 404 })
  })

  describe('re-runs', () => {
    it.each([study.orthancStudyId, study.studyInstanceUid])('of %s are queued', async (id) => {
      const answer = await post(`/api/v1/studies/${id}/runs`)
      expect(answer.statusCode).toBe(202)
      const job = answer.json()
      expect(job).toMatchObject({ ...study, trigger: 'request', force: false, state: 'queued' })
      expect(answer.headers.location).toBe(`/api/v1/jobs/${job.id}`)
      expect(await test.store.find(job.id)).toMatchObject({ state: 'queued' })
    })

    it('can be forced', async () => {
      const url = `/api/v1/studies/${study.studyInstanceUid}/runs`
      expect((await post(url, { force: true })).json()).toMatchObject({ force: true })
      expect((await post(url, {})).json()).toMatchObject({ force: false })
    })

    it('of an unknown study give 404 and queue nothing', async () => {
      const answer = await post('/api/v1/studies/1.2.3.999/runs')
      expect(answer.statusCode).toBe(404)
      expect(answer.json()).toMatchObject({ code: 'STUDY_NOT_FOUND' })
      expect((await test.store.list({ limit: 1, offset: 0 })).total).toBe(0)
    })

    it.each([
      ['no-id', {}],
      ['../../etc/passwd', {}],
      [`1.${'2'.repeat(500)}`, {}],
      [study.studyInstanceUid, { force: 'yes' }],
      [study.studyInstanceUid, { force: true, more: 1 }],
      [study.studyInstanceUid, []],
    ])('of %s with %o are refused', async (id, body) => {
      const answer = await post(`/api/v1/studies/${encodeURIComponent(id)}/runs`, body)
      expect(answer.statusCode).toBe(400)
    })

    it.each([
      ['ARCHIVE_UNREACHABLE', 503],
      ['ARCHIVE_TIMEOUT', 504],
      ['ARCHIVE_UNAUTHORIZED', 502],
      ['ARCHIVE_FAILED', 502],
    ] as const)('return %s of the archive as %i', async (code, status) => {
      const failing = await createTestApp({
        findStudy: async () => {
          throw new HippoError(code, 'The archive fails.')
        },
      })
      const url = '/api/v1/studies/1.2.3/runs'
      const answer = await failing.app.inject({ method: 'POST', url, headers: api })
      expect(answer.statusCode).toBe(status)
      expect(answer.json()).toMatchObject({ code, retryable: true, detail: 'The archive fails.' })
      await failing.close()
    })
  })
})
