import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { api, createTestApp, study, type TestApp } from './test-app.ts'

interface Operation {
  readonly operationId: string
  readonly security?: readonly object[]
  readonly responses: Record<string, { content?: Record<string, { schema: TSchema }> }>
}
type Paths = Record<string, Record<string, Operation>>

describe('the OpenAPI document', () => {
  let test: TestApp
  let paths: Paths

  beforeEach(async () => {
    test = await createTestApp()
    const answer = await test.app.inject({ url: '/api/v1/openapi.json', headers: api })
    expect(answer.json()).toMatchObject({ openapi: '3.1.0', info: { version: '9.8.7' } })
    paths = answer.json().paths
  })
  afterEach(() => test.close())

  it('lists every address except those of the page', () => {
    expect(Object.keys(paths).sort()).toEqual([
      '/api/v1/audit',
      '/api/v1/backfills',
      '/api/v1/backfills/{id}',
      '/api/v1/backfills/{id}/cancel',
      '/api/v1/backfills/{id}/pause',
      '/api/v1/backfills/{id}/resume',
      '/api/v1/events',
      '/api/v1/jobs',
      '/api/v1/jobs/{id}',
      '/api/v1/jobs/{id}/answer',
      '/api/v1/jobs/{id}/cancel',
      '/api/v1/jobs/{id}/fhir',
      '/api/v1/jobs/{id}/report.png',
      '/api/v1/jobs/{id}/results',
      '/api/v1/models',
      '/api/v1/models/active',
      '/api/v1/models/comparison',
      '/api/v1/models/rollback',
      '/api/v1/models/shadow',
      '/api/v1/openapi.json',
      '/api/v1/results',
      '/api/v1/results.csv',
      '/api/v1/stable-studies',
      '/api/v1/studies/{id}/runs',
      '/health/live',
      '/health/ready',
      '/metrics',
    ])
  })

  it('documents the refusal of an invalid token wherever one is needed', () => {
    for (const [path, operations] of Object.entries(paths)) {
      for (const operation of Object.values(operations)) {
        const isOpen = operation.security?.length === 0
        expect('401' in operation.responses, path).toBe(!isOpen)
      }
    }
    expect(paths['/api/v1/stable-studies']?.post?.security).toEqual([{ hookToken: [] }])
  })

  it('describes the responses', async () => {
    const outcome = {
      verdicts: [
        {
          seriesInstanceUid: '1.2.3',
          instanceCount: 40,
          chosen: true,
          reason: 'CHOSEN',
          sentence: 'Is named HippoCrop.',
        },
      ],
      studyFingerprint: 'f00',
    }
    const id = await test.endJob({ state: 'succeeded', outcome, predecessorJobId: undefined })
    for (const [path, method, url] of [
      ['/api/v1/jobs', 'get', '/api/v1/jobs'],
      ['/api/v1/jobs/{id}', 'get', `/api/v1/jobs/${id}`],
      ['/api/v1/jobs/{id}', 'get', '/api/v1/jobs/unknown'],
      ['/api/v1/jobs/{id}/results', 'get', `/api/v1/jobs/${id}/results`],
      ['/api/v1/jobs/{id}/report.png', 'get', `/api/v1/jobs/${id}/report.png`],
      ['/api/v1/jobs/{id}/cancel', 'post', `/api/v1/jobs/${id}/cancel`],
      ['/api/v1/studies/{id}/runs', 'post', `/api/v1/studies/${study.orthancStudyId}/runs`],
      ['/health/live', 'get', '/health/live'],
      ['/health/ready', 'get', '/health/ready'],
    ] as const) {
      const answer = await test.app.inject({ method, url, headers: api })
      const type = String(answer.headers['content-type']).split(';')[0] ?? ''
      const documented = paths[path]?.[method]?.responses[answer.statusCode]?.content?.[type]
      expect(documented, `${method} ${url} ${answer.statusCode} ${type}`).toBeDefined()
      expect([...Value.Errors(documented!.schema, answer.json())], url).toEqual([])
    }
  })
})
