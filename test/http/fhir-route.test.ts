import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { unknownIdentity } from '../../src/dicom/study-identity.ts'
import { describeAsFhir } from '../../src/fhir/describe-as-fhir.ts'
import { api, createTestApp, study, type TestApp } from './test-app.ts'

const result = {
  volumes: [{ side: 'left', anteriorMm3: 1500, posteriorMm3: 1400, totalMm3: 2900 }],
  warnings: [],
  model: { name: 'net', version: '1.0.0', sha256: 'ab'.repeat(32) },
  softwareVersion: '0.2.0',
  analysedAt: '2026-11-23T22:41:09.000Z',
}

describe('GET /jobs/{id}/fhir', () => {
  let test: TestApp
  const get = (id: string) => test.app.inject({ url: `/api/v1/jobs/${id}/fhir`, headers: api })

  beforeEach(async () => {
    test = await createTestApp({
      describeAsFhir: async (job, address) =>
        describeAsFhir(job, {
          identity: { ...unknownIdentity, patientId: 'P-1' },
          systems: {},
          reportUrl: `${address}/page`,
        }),
    })
  })
  afterEach(() => test.close())

  it('returns the result as a bundle, also one made before norms existed', async () => {
    const outcome = { verdicts: [], studyFingerprint: 'f00', result }
    const id = await test.endJob({ state: 'succeeded', outcome, predecessorJobId: undefined })
    const answer = await get(id)
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toMatch(/^application\/fhir\+json/)
    const bundle = answer.json()
    expect(bundle).toMatchObject({ resourceType: 'Bundle', type: 'collection' })
    expect(JSON.stringify(bundle)).toContain(`urn:oid:${study.studyInstanceUid}`)
    expect(bundle.entry[0].resource.presentedForm[0].url).toBe('http://localhost:80/page')
  })

  it('returns 409 with the reason for a job without results, 404 without a job', async () => {
    const error = {
      code: 'NO_MEASURABLE_SERIES',
      stage: 'select',
      retryable: false,
      message: 'None.',
    } as const
    const id = await test.endJob({ state: 'rejected', error, outcome: undefined })
    expect((await get(id)).statusCode).toBe(409)
    expect((await get('0')).statusCode).toBe(404)
    expect((await test.app.inject(`/api/v1/jobs/${id}/fhir`)).statusCode).toBe(401)
  })
})
