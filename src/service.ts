import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyBaseLogger } from 'fastify'
import { createArchive } from './archive/archive.ts'
import type { Config } from './config.ts'
import { HippoError } from './errors.ts'
import { buildApp } from './http/app.ts'
import { createMetrics } from './http/metrics.ts'
import { createSegmenter } from './inference/segmenter.ts'
import { createStudyAnalysis } from './pipeline/analyze-study.ts'
import { readReport } from './pipeline/read-report.ts'
import { openReportFiles } from './pipeline/report-files.ts'
import { runPeriodically } from './pipeline/run-periodically.ts'
import { sweepArchive } from './pipeline/sweep.ts'
import { notifyWorkers } from './queue/job-service.ts'
import { openSqliteJobStore } from './queue/sqlite-job-store.ts'
import { startWorkers } from './queue/worker-loop.ts'
import { software } from './software.ts'

export interface Service {
  /** Where it listens, such as http://127.0.0.1:8080. */
  readonly address: string
  /** Takes no more work, hands back what is not done, closes everything. */
  stop(): Promise<void>
}

/** The model that comes with the product. */
export const shippedManifest = fileURLToPath(new URL('../models/hippocampus.json', import.meta.url))

export function resolveManifest(setting: string): string {
  return setting === 'builtin' ? shippedManifest : setting
}

function readAuthority(path: string | undefined): string | undefined {
  if (path === undefined) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new HippoError('CONFIG_INVALID', `ORTHANC_CA_FILE names ${path}, which cannot be read.`, {
      cause: error,
    })
  }
}

function openDataFolder(path: string): string {
  try {
    mkdirSync(path, { recursive: true })
    return path
  } catch (error) {
    throw new HippoError('CONFIG_INVALID', `DATA_DIR names ${path}, which cannot be made.`, {
      cause: error,
    })
  }
}

/**
 * Wires everything and starts it: queue, model, workers, sweep, REST. Throws a coded error of stage
 * 'startup' for what would keep it from ever working; an archive that is down is only not ready.
 */
export async function startService(config: Config, log: FastifyBaseLogger): Promise<Service> {
  const clock = () => Date.now()
  const authority = readAuthority(config.ORTHANC_CA_FILE)
  const folder = openDataFolder(config.DATA_DIR)
  const segmenter = await createSegmenter({
    manifestPath: resolveManifest(config.MODEL_MANIFEST),
    threads: config.INFERENCE_THREADS,
    log,
  })
  const files = await openReportFiles(join(folder, 'reports'))
  const store = openSqliteJobStore({
    path: join(folder, 'queue.sqlite'),
    clock,
    createId: randomUUID,
  })
  const archive = createArchive({
    url: config.ORTHANC_URL,
    user: config.ORTHANC_USER,
    password: config.ORTHANC_PASSWORD,
    dicomWebRoot: config.DICOMWEB_ROOT,
    connections: config.ARCHIVE_CONNECTIONS,
    timeoutMilliseconds: config.ARCHIVE_TIMEOUT_MS,
    certificateAuthority: authority,
  })
  const history = {
    recentJobs: async (orthancStudyId: string) =>
      (await store.list({ orthancStudyId, limit: 50, offset: 0 })).jobs,
    succeededJobs: async (orthancStudyId: string) =>
      (await store.list({ orthancStudyId, states: ['succeeded'], limit: 100, offset: 0 })).jobs,
    readMark: (name: string) => store.readMark(name),
    writeMark: (name: string, value: string) => store.writeMark(name, value),
  }
  const metrics = createMetrics(store, clock)
  const workers = startWorkers({
    store,
    run: createStudyAnalysis({
      archive,
      segmenter,
      history,
      rules: {
        seriesDescription: config.SERIES_DESCRIPTION,
        maximumSliceSpacing: config.MAX_SLICE_SPACING_MM,
        minimumInstances: 10,
      },
      settings: {
        drawIdentity: config.REPORT_PATIENT_IDENTITY,
        maximumSeriesBytes: config.MAX_SERIES_BYTES,
      },
      software,
      keepReport: files.write,
      monotonicClock: () => performance.now(),
    }),
    concurrency: config.WORKER_CONCURRENCY,
    owner: `${hostname()}/${process.pid}/${randomUUID()}`,
    leaseMilliseconds: config.LEASE_SECONDS * 1000,
    retry: {
      maximumAttempts: config.MAX_ATTEMPTS,
      baseMilliseconds: config.RETRY_BASE_SECONDS * 1000,
      maximumMilliseconds: config.RETRY_MAX_SECONDS * 1000,
    },
    clock,
    random: Math.random,
    log,
    onFinished: metrics.observeJob,
  })
  const jobs = notifyWorkers(store, workers)
  const sweep =
    config.SWEEP_SECONDS === 0
      ? undefined
      : runPeriodically(
          () =>
            sweepArchive({
              archive,
              history,
              enqueue: ({ orthancStudyId, studyInstanceUid }) =>
                jobs.enqueue({ orthancStudyId, studyInstanceUid, trigger: 'sweep', force: false }),
              now: clock,
              lookbackMilliseconds: config.SWEEP_LOOKBACK_HOURS * 3_600_000,
              log,
            }),
          config.SWEEP_SECONDS * 1000,
          (error) => log.warn({ err: error }, 'The sweep failed; it is tried again.'),
        )
  const app = await buildApp({
    tokens: { apiToken: config.API_TOKEN, hookToken: config.HOOK_TOKEN },
    jobs,
    findStudy: (id) => archive.findStudy(id),
    readReport: (jobId) => readReport(jobId, store.find.bind(store), files),
    readiness: [
      { name: 'archive', check: async () => (await archive.ping()).version },
      { name: 'model', check: async () => segmenter.manifest.version },
      { name: 'queue', check: async () => void (await store.countByState()) },
    ],
    metrics,
    version: software.version,
    viewerUrl: config.VIEWER_URL,
    createId: randomUUID,
    log,
  })
  async function stop(): Promise<void> {
    await app.close()
    await Promise.all([sweep?.stop(), workers.stop()])
    await segmenter.close()
    await archive.close()
    await store.close()
  }
  try {
    const address = await app.listen({ host: config.HOST, port: config.PORT })
    return { address, stop }
  } catch (error) {
    await stop()
    throw new HippoError(
      'CONFIG_INVALID',
      `Port ${config.PORT} of ${config.HOST} cannot be used.`,
      {
        cause: error,
      },
    )
  }
}
