import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { openAuditTrail } from '../../src/audit/open-audit-trail.ts'
import { openBackfillMarks } from '../../src/backfill/backfill-marks.ts'
import { createBackfillService } from '../../src/backfill/backfill-service.ts'
import { type AppOptions, buildApp } from '../../src/http/app.ts'
import { createMetrics } from '../../src/http/metrics.ts'
import type { ModelService } from '../../src/models/model-service.ts'
import type { JobEnding } from '../../src/queue/job-store.ts'
import { openSqliteJobStore } from '../../src/queue/sqlite-job-store.ts'

export const apiToken = 'api-token-0123456789'
export const operatorToken = 'operator-token-0123456789'
export const readerToken = 'reader-token-0123456789'
export const hookToken = 'hook-token-0123456789'
export const api = { authorization: `Bearer ${apiToken}` }
export const operator = { authorization: `Bearer ${operatorToken}` }
export const reader = { authorization: `Bearer ${readerToken}` }
export const hook = { authorization: `Bearer ${hookToken}` }

export const study = {
  orthancStudyId: '0123abcd-4567ef89-0123abcd-4567ef89-0123abcd',
  studyInstanceUid: '1.2.840.113619.2.1',
}

const nothing = async () => ({ installed: [], unusable: [] })
const noModels: ModelService = {
  view: nothing,
  use: nothing,
  rollBack: nothing,
  shadow: nothing,
  compare: async () => undefined,
}

/** The app on a real queue, with archive and pages played by the given functions. */
export async function createTestApp(options: Partial<AppOptions> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'hippo-http-'))
  const store = openSqliteJobStore({
    path: join(folder, 'queue.db'),
    clock: Date.now,
    createId: randomUUID,
  })
  const metrics = createMetrics(store, Date.now)
  const audit = openAuditTrail({ folder, clock: Date.now, createId: randomUUID })
  const app = await buildApp({
    tokens: { apiToken, operatorToken, readerToken, hookToken },
    audit,
    jobs: store,
    findStudy: async (id) =>
      id === study.orthancStudyId || id === study.studyInstanceUid ? study : undefined,
    readReport: async () => undefined,
    noteAnnouncement: async () => {},
    markRejected: async () => {},
    isTold: () => false,
    clock: Date.now,
    viewerUrl: undefined,
    describeAsFhir: async () => undefined,
    backfills: createBackfillService({
      marks: openBackfillMarks(store),
      jobs: store,
      clock: Date.now,
      createId: randomUUID,
    }),
    exportCsv: async () => Readable.from(['a,b\r\n']),
    readiness: [],
    metrics,
    models: noModels,
    version: '9.8.7',
    createId: randomUUID,
    ...options,
  })
  return {
    app,
    store,
    metrics,
    audit,
    /** Stores a job of the study and gives it an ending. */
    async endJob(ending: JobEnding): Promise<string> {
      const { job } = await store.enqueue({ ...study, trigger: 'hook', force: false })
      await store.claim('test', 60_000)
      await store.finish(job.id, 'test', ending, [{ stage: 'infer', milliseconds: 300 }])
      return job.id
    },
    async close() {
      await app.close()
      await store.close()
      await audit.close()
      await rm(folder, { recursive: true })
    },
  }
}

export type TestApp = Awaited<ReturnType<typeof createTestApp>>
