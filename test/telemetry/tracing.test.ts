import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AnalysisHost, startAnalysisHost } from '../../src/analysis/analysis-host.ts'
import type { Archive } from '../../src/archive/archive.ts'
import type { Job } from '../../src/queue/job.ts'
import { openTelemetry } from '../../src/telemetry/open-telemetry.ts'
import { traceArchive } from '../../src/telemetry/trace-archive.ts'
import { traceRuns } from '../../src/telemetry/trace-runs.ts'
import type { Tracing } from '../../src/telemetry/tracing.ts'
import { api, createTestApp, study, type TestApp } from '../http/test-app.ts'
import { pollUntil } from '../whole-path/poll-until.ts'
import { startCollector } from './collector.ts'

const program = new URL('./fixtures/traced-analysis.ts', import.meta.url)
const [good, bad] = [randomUUID(), randomUUID()]
const folder = mkdtempSync(join(tmpdir(), 'hippovolume-tracing-'))
const logFile = join(folder, 'log')

describe('traces', () => {
  let collector: Awaited<ReturnType<typeof startCollector>>
  let tracing: Tracing
  let host: AnalysisHost
  let test: TestApp

  beforeAll(async () => {
    collector = await startCollector()
    process.env.TEST_COLLECTOR = collector.url
    process.env.TEST_LOG = logFile
    const service = { name: 'HippoVolume', version: '1.2.3' }
    tracing = openTelemetry({ endpoint: `${collector.url}/`, service, process: 'service' })
    const archive = traceArchive({ findStudy: async () => study } as unknown as Archive, tracing)
    test = await createTestApp({ tracing, findStudy: (id) => archive.findStudy(id) })
    host = await startAnalysisHost({
      program,
      tracing,
      history: { recentJobs: async () => [], succeededJobs: async () => [] },
      requestMeasurement: async () => undefined,
      timeLimitMilliseconds: 60_000,
      log: { error() {} },
    })
    await test.app.inject({
      method: 'POST',
      url: `/api/v1/studies/${study.studyInstanceUid}/runs`,
      headers: api,
      payload: {},
    })
    const run = traceRuns('job', host.run, tracing)
    const context = {
      signal: new AbortController().signal,
      assignRunNumber: async () => undefined,
      recordStage: () => undefined,
      recordOutcome: () => undefined,
    }
    const job = { attempts: 1, trigger: 'hook', ...study }
    await run({ ...job, id: good } as Job, context)
    await run({ ...job, id: bad, orthancStudyId: 'bad' } as Job, context).catch(() => undefined)
    await test.close()
    await host.close()
    await tracing.close()
    await pollUntil('the spans', async () => collector.find('infer').length === 2)
  }, 60_000)

  afterAll(async () => {
    delete process.env.TEST_COLLECTOR
    delete process.env.TEST_LOG
    await collector.close()
    rmSync(folder, { recursive: true })
  })

  it('show a request by its route, and the archive call within it, although a body was read between', () => {
    const [request] = collector.find('POST /api/v1/studies/:id/runs')
    expect(request?.attributes).toMatchObject({
      'http.route': '/api/v1/studies/:id/runs',
      'http.response.status_code': 202,
    })
    expect(collector.find('archive.findStudy')).toEqual([
      expect.objectContaining({ traceId: request?.traceId, parentSpanId: request?.spanId }),
    ])
  })

  it('have the id of the job', () => {
    const traces = collector.find('job').map(({ traceId }) => traceId)
    expect(traces).toEqual([good, bad].map((id) => id.replaceAll('-', '')))
  })

  it('lead from the job through the other process to each stage and the archive', () => {
    const traceId = good.replaceAll('-', '')
    const within = (name: string) =>
      collector.spans.find((span) => span.name === name && span.traceId === traceId)
    const chain = ['job', 'analysis', 'catalogue', 'archive.readCatalogue'].map(within)
    expect(chain.map((span) => span?.process)).toEqual([
      'service',
      'analysis',
      'analysis',
      'analysis',
    ])
    const [job, ...inside] = chain
    expect(job?.parentSpanId).toBeUndefined()
    for (const [index, span] of inside.entries()) {
      expect(span?.parentSpanId).toBe(chain[index]?.spanId)
    }
    expect(within('infer')?.parentSpanId).toBe(within('analysis')?.spanId)
  })

  it('contain the code of a failed stage, and nothing else of the error', () => {
    const traceId = bad.replaceAll('-', '')
    for (const name of ['infer', 'analysis', 'job']) {
      const span = collector.spans.find((one) => one.name === name && one.traceId === traceId)
      expect(span?.status.code, name).toBe(2)
      expect(span?.attributes['error.type'], name).toBe('SLICES_MISSING')
    }
    expect(collector.sent()).not.toMatch(/MEIER/)
  })

  it("put the job's id on every line of the other process", () => {
    const lines = readFileSync(logFile, 'utf8').trim().split('\n')
    expect(lines.map((line) => JSON.parse(line).jobId)).toEqual([good, bad])
  })
})

it('load nothing of OpenTelemetry unless a collector is configured', () => {
  const script = `
    const { startTracing } = await import('./src/wiring/start-tracing.ts')
    await startTracing({ OTEL_EXPORTER_OTLP_ENDPOINT: process.argv[1] }, 'service')
    console.log(Symbol.for('opentelemetry.js.api.1') in globalThis)`
  const isLoaded = (...endpoint: string[]) =>
    execFileSync(process.execPath, ['--input-type=module', '-e', script, ...endpoint], {
      cwd: new URL('../../', import.meta.url),
      encoding: 'utf8',
    }).trim()
  expect(isLoaded()).toBe('false')
  expect(isLoaded('http://127.0.0.1:9')).toBe('true')
})
