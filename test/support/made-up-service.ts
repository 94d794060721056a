import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { openAuditTrail } from '../../src/audit/open-audit-trail.ts'
import { HippoError } from '../../src/errors.ts'
import { type AppOptions, buildApp } from '../../src/http/app.ts'
import { createMetrics } from '../../src/http/metrics.ts'
import { openSqliteJobStore } from '../../src/queue/sqlite-job-store.ts'
import { makeUpParts } from './made-up-backfills.ts'
import { enqueueMadeUpJobs } from './made-up-jobs.ts'

export const madeUpTokens = {
  apiToken: 'admin-token-0123456789',
  hookToken: 'hook-token-0123456789',
  operatorToken: 'operator-token-0123456789',
  readerToken: 'reader-token-0123456789',
}

export interface MadeUpServiceOptions {
  /** Jobs of all states, spread over two days. */
  readonly jobs?: number
  /** The archive does not answer. */
  readonly isArchiveDown?: boolean
  readonly options?: Partial<AppOptions>
  /** A free one when absent. */
  readonly port?: number
}

/**
 * The real app on a real queue, listening on a free port, with made-up jobs, archive and pages: what
 * the operators' page is tried with.
 */
export async function startMadeUpService({
  jobs = 0,
  isArchiveDown = false,
  options,
  port = 0,
}: MadeUpServiceOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'hippo-page-'))
  let shift = 0
  const clock = () => Date.now() + shift
  const store = openSqliteJobStore({
    path: join(folder, 'queue.db'),
    clock,
    createId: randomUUID,
  })
  await enqueueMadeUpJobs(store, jobs, (milliseconds) => {
    shift = milliseconds
  })
  shift = 0
  const png = await readFile(new URL('../../docs/images/report-page.png', import.meta.url))
  const app = await buildApp({
    tokens: madeUpTokens,
    audit: openAuditTrail({ folder, clock, createId: randomUUID }),
    jobs: store,
    findStudy: async (id) => {
      const { jobs: known } = await store.list({
        ...(id.includes('.') ? { studyInstanceUid: id } : { orthancStudyId: id }),
        limit: 1,
        offset: 0,
      })
      return known[0]
    },
    readReport: async () => png,
    ...makeUpParts().options,
    exportCsv: async () => Readable.from(['a,b\r\n']),
    noteAnnouncement: async () => {},
    markRejected: async () => {},
    isTold: () => false,
    clock,
    describeAsFhir: async (job) => ({ resourceType: 'Bundle', id: job.id }),
    readiness: [
      {
        name: 'archive',
        check: async () => {
          if (!isArchiveDown) return '1.12.10'
          throw new HippoError('ARCHIVE_UNREACHABLE', 'Orthanc cannot be reached.')
        },
      },
      { name: 'model', check: async () => 'hippo-unet 1.0.0' },
      { name: 'queue', check: async () => undefined },
    ],
    metrics: createMetrics(store, clock),
    version: '9.8.7',
    viewerUrl: 'http://viewer.example',
    createId: randomUUID,
    ...options,
  })
  const url = await app.listen({ host: '127.0.0.1', port })
  return {
    app,
    store,
    url,
    port: Number(new URL(url).port),
    async stop() {
      await app.close()
      await store.close()
      await rm(folder, { recursive: true })
    },
  }
}

export type MadeUpService = Awaited<ReturnType<typeof startMadeUpService>>
