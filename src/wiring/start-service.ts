import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { exportHost } from '../http/host-metrics.ts'
import { createMetrics } from '../http/metrics.ts'
import { openReportFiles } from '../outcome/report-files.ts'
import { notifyWorkers } from '../queue/job-service.ts'
import type { Workers } from '../queue/worker-loop.ts'
import { software } from '../software.ts'
import { traceArchive } from '../telemetry/trace-archive.ts'
import { createLabelling, noLabelling } from '../upkeep/label-studies.ts'
import { watchDisk } from '../upkeep/watch-disk.ts'
import { createClosers } from './closers.ts'
import { makeDataFolder } from './make-data-folder.ts'
import { openArchive } from './open-archive.ts'
import type { ServiceContext } from './service-context.ts'
import { startAnalysis } from './start-analysis.ts'
import { startAudit } from './start-audit.ts'
import { startHttp } from './start-http.ts'
import { startJobWorkers } from './start-job-workers.ts'
import { startOutageWatch } from './start-outage-watch.ts'
import { startPeriodicWork } from './start-periodic-work.ts'
import { startQueue } from './start-queue.ts'
import { startTracing } from './start-tracing.ts'

export interface Service {
  /** Where it listens, such as http://127.0.0.1:8080. */
  readonly address: string
  /** Accepts no more work, returns unfinished jobs, closes everything. */
  stop(): Promise<void>
}

/** Starts every part in order; each adds its closer to the context's stack. Returns the address. */
async function startParts(context: ServiceContext): Promise<string> {
  const { config, log, clock, closers } = context
  const reports = makeDataFolder(config.DATA_DIR)
  const tracing = await startTracing(config, 'service')
  closers.add(() => tracing.close())
  const audit = startAudit(config.DATA_DIR, log)
  closers.add(() => audit.close())
  const files = await openReportFiles(reports)
  const queue = await startQueue(context)
  const { store } = queue
  const archive = traceArchive(openArchive(config), tracing)
  closers.add(() => archive.close())

  const labelling = config.STUDY_LABELS
    ? createLabelling({ archive, findJob: (id) => store.find(id), log })
    : noLabelling
  closers.add(() => labelling.settle())

  let workers: Workers | undefined
  const jobs = notifyWorkers(store, {
    wake: () => workers?.wake(),
    lookAt: (jobId) => workers?.lookAt(jobId),
    answered: (job) => labelling.note(job.orthancStudyId, job),
  })
  const metrics = createMetrics(store, clock)
  const { analysis, models } = await startAnalysis(
    context,
    queue,
    tracing,
    metrics,
    async ({ isRenewal = false, ...study }) => {
      const { job, created } = await jobs.enqueue({
        ...study,
        trigger: 'history',
        force: isRenewal,
      })
      const what = isRenewal
        ? 'A later study was queued for renewal'
        : 'An earlier study was queued'
      log.info({ jobId: job.id, created, ...study }, `${what} for comparison.`)
    },
  )
  exportHost(metrics.registry, {
    dataFolder: config.DATA_DIR,
    analysisMemory: analysis.residentMemory,
    softwareVersion: software.version,
    activeModel: () => analysis.loaded()?.active,
  })
  const disk = watchDisk({
    folder: config.DATA_DIR,
    minimumMegabytes: config.MIN_FREE_DISK_MB,
    monotonicClock: () => performance.now(),
    log,
  })
  const work = closers.addGroup()
  const { run } = analysis
  const outages = startOutageWatch(config, archive, analysis, log)
  const isAnalysing = () => analysis.loaded() !== undefined
  workers = startJobWorkers(
    context,
    { queue, archive, tracing, metrics, disk, outages, labelling, isAnalysing, run },
    work,
  )
  const backfills = startPeriodicWork(context, { queue, jobs, archive, reports }, work)
  const parts = { store, archive, audit, analysis, disk, outages, files, jobs, backfills }
  // Together with the workers: no job starts while pending requests finish.
  const together = { ...context, closers: { ...closers, add: work.add } }
  return startHttp(together, { ...parts, metrics, models, tracing })
}

/**
 * Wires everything and starts it: queue, analysis process, workers, periodic work, REST. A start
 * that fails half way closes what it opened. Throws a coded error of stage 'startup' for permanent
 * faults; with an archive that is down it starts and is not ready.
 */
export async function startService(config: Config, log: Logger): Promise<Service> {
  const closers = createClosers()
  try {
    const address = await startParts({ config, log, clock: () => Date.now(), closers })
    return { address, stop: () => closers.close() }
  } catch (error) {
    await closers
      .close()
      .catch((err: unknown) => log.error({ err }, 'Not everything could be closed.'))
    throw error
  }
}
