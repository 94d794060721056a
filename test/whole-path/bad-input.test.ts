import { once } from 'node:events'
import { type IncomingMessage, request as sendRequest } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { isOrthancInstalled } from '../support/orthanc.ts'
import { writePhantomSeries } from '../support/phantom-dicom.ts'
import { badStudies } from './bad-studies.ts'
import { pollUntil } from './poll-until.ts'
import { type Product, startProduct } from './product.ts'

const reason = isOrthancInstalled() ? '' : ' (skipped: orthanc and orthanc-dicomweb not installed)'
const unknownStudy = '00000000-00000000-00000000-00000000-00000000'
const refusedStudy = '11111111-11111111-11111111-11111111-11111111'

interface Problem {
  readonly code: string
  readonly detail: string
  readonly outcome?: { verdicts: { sentence: string; chosen: boolean }[] }
}

describe.skipIf(reason !== '')(`input that cannot be measured${reason}`, () => {
  let product: Product
  const studies = new Map<string, string>()

  /** Announces a study as the hook does. */
  const announce = (orthancStudyId: string) =>
    product.service.request('/api/v1/stable-studies', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${product.hookToken}`,
      },
      body: JSON.stringify({ orthancStudyId, studyInstanceUid: '1.2.3' }),
    })

  beforeAll(async () => {
    product = await startProduct({ environment: { SWEEP_SECONDS: '0' } })
    for (const { name, files } of badStudies) studies.set(name, await product.upload(files()))
  })
  afterEach(() => product.archiveProxy.reset())
  afterAll(() => product?.stop())

  it.each(badStudies)('a study with $name is rejected with a sentence', async (bad) => {
    const studyId = studies.get(bad.name)!
    const job = await product.waitForVerdict(studyId)
    expect(job.error?.message).toMatch(bad.sentence)
    expect(job).toMatchObject({ state: 'rejected', attempts: 1, error: { code: bad.code } })
    expect(job.error!.message).toMatch(/^[A-Z0-9].+\.$/)

    const answer = await product.service.request(`/api/v1/jobs/${job.id}/results`)
    expect(answer.status).toBe(409)
    const problem = (await answer.json()) as Problem
    expect(problem).toMatchObject({ code: bad.code, detail: job.error!.message })
    const sentences = problem.outcome!.verdicts.map(({ sentence }) => sentence)
    expect(sentences.length).toBeGreaterThan(0)
    if (bad.verdict) expect(sentences.join(' ')).toMatch(bad.verdict)
    // A series that was chosen and looked at gets a page that says why; where none was chosen, nothing.
    const wasLookedAt = ['decode', 'assemble', 'infer', 'measure'].includes(job.error!.stage)
    expect(await product.reportsOf(studyId)).toHaveLength(wasLookedAt ? 1 : 0)
  })

  it('a reported study that does not exist is rejected', async () => {
    expect((await announce(unknownStudy)).status).toBe(202)
    const job = await product.waitForVerdict(unknownStudy)
    expect(job).toMatchObject({
      state: 'rejected',
      error: { code: 'STUDY_NOT_FOUND', message: 'The archive does not contain this study.' },
    })
  })

  it('a study without instances is rejected', async () => {
    const studyId = studies.get('only CT')!
    product.archiveProxy.decide(({ path }) =>
      path.endsWith('/instances?expand') ? { status: 200, body: '[]' } : 'pass',
    )
    const job = await product.rerun(studyId)
    expect(job).toMatchObject({
      state: 'rejected',
      error: { code: 'STUDY_EMPTY', message: 'The study contains no instances.' },
    })
  })

  it.each([unknownStudy, '1.2.826.0.1.999'])(
    'a re-run of the unknown study %s is a 404',
    async (id) => {
      const path = `/api/v1/studies/${id}/runs`
      const answer = await product.service.request(path, { method: 'POST' })
      expect(answer.status).toBe(404)
      expect(await answer.json()).toMatchObject({ code: 'STUDY_NOT_FOUND', status: 404 })
    },
  )

  it.each([
    ['no token at the API', '/api/v1/jobs', () => undefined, 401],
    ['a wrong token at the API', '/api/v1/jobs', () => 'wrong-token-0123456789', 401],
    ["the hook's token at the API", '/api/v1/jobs', () => product.hookToken, 403],
    ["the hook's token at the metrics", '/metrics', () => product.hookToken, 403],
    ['no token at the hook', '/api/v1/stable-studies', () => undefined, 401],
    ['a wrong token at the hook', '/api/v1/stable-studies', () => 'wrong-token-0123456789', 401],
    ["the API's token at the hook", '/api/v1/stable-studies', () => product.service.apiToken, 403],
  ])('%s is refused and leaves no job', async (_case, path, token, status) => {
    // Of this study only: earlier studies of this file may still be heard of.
    const countJobs = async () =>
      (await product.service.json<{ total: number }>(`/api/v1/jobs?study=${refusedStudy}`)).total
    const isHook = path.endsWith('stable-studies')
    const answer = await fetch(`${product.service.url}${path}`, {
      method: isHook ? 'POST' : 'GET',
      headers: {
        'content-type': 'application/json',
        ...(token() === undefined ? {} : { authorization: `Bearer ${token()}` }),
      },
      ...(isHook
        ? { body: JSON.stringify({ orthancStudyId: refusedStudy, studyInstanceUid: '1.2' }) }
        : {}),
    })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(await countJobs()).toBe(0)
  })

  it('a hook with a wrong token records the failure on the study', async () => {
    product.hookProxy.decide(() => ({ status: 401, body: '{"code":"UNAUTHORIZED"}' }))
    const studyId = await product.upload(writePhantomSeries({ seed: 'refused', slices: 3 }))
    await pollUntil('the trace', async () =>
      /^failed the service refused/.test(await product.readTrace(studyId)),
    )
    product.hookProxy.reset()
    expect(await product.jobsOf(studyId)).toEqual([])
  })

  it('a body of 10 MB gives 413 before it has arrived, and the service continues', async () => {
    // Whoever sends all of it may find the connection closed: the answer does not wait for the rest.
    const request = sendRequest(`${product.service.url}/api/v1/stable-studies`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-length': 10_000_000,
        authorization: `Bearer ${product.hookToken}`,
      },
    })
    request.on('error', () => {})
    request.write('x'.repeat(50_000))
    const [answer] = (await once(request, 'response')) as [IncomingMessage]
    expect(answer.statusCode).toBe(413)
    expect(JSON.parse(Buffer.concat(await answer.toArray()).toString())).toMatchObject({
      code: 'REQUEST_INVALID',
      status: 413,
    })
    request.destroy()
    expect((await product.service.request('/health/ready')).status).toBe(200)
  })
})
