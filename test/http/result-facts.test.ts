import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { api, createTestApp, reader, type TestApp } from './test-app.ts'

const verdicts = [
  { seriesInstanceUid: '1.2.3', seriesNumber: 2, seriesDescription: 't1_mprage', chosen: true },
]

/** A result of a head whose left side stands at this percentile. */
const resultAt = (left: number, accessionNumber: string) => {
  const sides = [
    { side: 'left', percentile: { value: left } },
    { side: 'right', percentile: { value: 60 } },
  ]
  const outcome = {
    verdicts,
    studyFingerprint: 'f00',
    result: {
      measuredSeriesInstanceUid: '1.2.3',
      subject: { studyDate: '20261120', accessionNumber },
      norms: { compared: true, alarmPercentile: 5, sides },
      volumes: [
        { side: 'left', totalMm3: 2900.4 },
        { side: 'right', totalMm3: 3100 },
      ],
    },
  }
  const summary = {
    studyDate: '20261120',
    accessionNumber,
    lowestPercentile: left,
    isAlarm: left < 5,
  }
  return { state: 'succeeded', outcome, summary, predecessorJobId: undefined } as const
}

describe('results in lists', () => {
  let test: TestApp
  const get = (url: string, headers: object = reader) =>
    test.app.inject({ url, headers: { ...headers } })
  const listed = async (query: string) =>
    (await get(`/api/v1/jobs?${query}`)).json().jobs.map(({ id }: { id: string }) => id)
  const readAudit = async () => {
    const entries: { what: string; details: Record<string, unknown> }[] = []
    for await (const line of test.audit.read()) entries.push(JSON.parse(line))
    return entries.filter(({ what }) => what !== 'openAuditChain')
  }

  beforeEach(async () => {
    test = await createTestApp()
  })
  afterEach(() => test.close())

  it('are given by study, series, volumes and percentiles, and the audit trail records the reader', async () => {
    const id = await test.endJob(resultAt(2.5, 'A-1'))
    const answer = await get(`/api/v1/results?job=${id}&job=unknown`)
    expect(answer.json()).toEqual({
      results: [
        {
          jobId: id,
          studyDate: '20261120',
          accessionNumber: 'A-1',
          seriesNumber: 2,
          seriesDescription: 't1_mprage',
          volumes: [
            { side: 'left', totalMm3: 2900.4, percentile: 2.5 },
            { side: 'right', totalMm3: 3100, percentile: 60 },
          ],
          alarmPercentile: 5,
          isAlarm: true,
        },
      ],
    })
    expect(await readAudit()).toMatchObject([
      { what: 'listResults', role: 'reader', details: { jobs: `${id} unknown` } },
    ])
    expect((await get('/api/v1/results')).statusCode).toBe(400)
  })

  it('are found by accession number and date, and ordered by percentile', async () => {
    const low = await test.endJob(resultAt(2.5, 'A-1'))
    const high = await test.endJob(resultAt(40, 'A-2'))
    expect(await listed('accession=A-1')).toEqual([low])
    expect(await listed('studyDateFrom=20261120&studyDateTo=20261120')).toEqual([high, low])
    expect(await listed('studyDateFrom=20261121')).toEqual([])
    expect(await readAudit()).toEqual([])
    expect(await listed('order=percentile')).toEqual([low, high])
    expect(await listed('alarm=true')).toEqual([low])
    // What percentiles choose tells something of results.
    expect((await readAudit()).map(({ what }) => what)).toEqual(['listJobs', 'listJobs'])
    expect((await get('/api/v1/jobs?alarm=yes', api)).statusCode).toBe(400)
  })

  it('are no longer among small volumes once a newer result replaced them', async () => {
    const first = await test.endJob(resultAt(2.5, 'A-1'))
    const second = await test.endJob({ ...resultAt(4, 'A-1'), predecessorJobId: first })
    expect(await listed('alarm=true')).toEqual([second])
    expect(await listed('unanswered=true')).toEqual([second])
    const given = { answer: 'accepted', by: 'operator', at: 1 } as const
    await test.store.answer(second, given, undefined, false)
    expect(await listed('unanswered=true')).toEqual([])
  })
})
