import { afterEach, beforeEach, expect, it } from 'vitest'
import { api, createTestApp, type TestApp } from './test-app.ts'

let test: TestApp
beforeEach(async () => {
  test = await createTestApp()
})
afterEach(() => test.close())

const forwarded = [
  {
    target: 'pacs',
    kind: 'modality',
    state: 'pending',
    at: '2026-01-02T03:04:05.000Z',
    sentInstances: ['1.2.3'],
  },
]

async function readOutcome(jobId: string) {
  const url = `/api/v1/jobs/${jobId}/results`
  return (await test.app.inject({ url, headers: api })).json().outcome
}

it('a job shows the forwarding of its results, and so does one that found nothing new', async () => {
  const made = await test.endJob({
    state: 'succeeded',
    outcome: { verdicts: [], studyFingerprint: 'f', forwarded },
    predecessorJobId: undefined,
  })
  const again = await test.endJob({
    state: 'unchanged',
    outcome: { verdicts: [], studyFingerprint: 'f', sameAsJobId: made },
    predecessorJobId: made,
  })
  expect((await readOutcome(made)).forwarded).toEqual(forwarded)
  expect(await readOutcome(again)).toEqual({
    verdicts: [],
    studyFingerprint: 'f',
    sameAsJobId: made,
    forwarded,
  })
})

it('the metrics count pending and finished forwarding', async () => {
  await test.endJob({
    state: 'succeeded',
    outcome: {},
    predecessorJobId: undefined,
    followUp: true,
  })
  test.metrics.observeForwarded({ target: 'pacs', kind: 'modality', state: 'sent' })
  const { body } = await test.app.inject({ url: '/metrics', headers: api })
  expect(body).toContain('hippovolume_forwards_pending 1')
  expect(body).toContain(
    'hippovolume_forwards_total{target="pacs",kind="modality",state="sent",code=""} 1',
  )
})
