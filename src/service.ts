import { randomUUID } from 'node:crypto'
import { accessSync, chmodSync, constants, mkdirSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { HippoError } from './errors.ts'
import { followCertificate, guardAccess } from './guard-access.ts'
import { holdBack, watchDisk } from './housekeeping/watch-disk.ts'
import { buildApp } from './http/app.ts'
import { closeWithin } from './http/close-within.ts'
import { exportHost } from './http/host-metrics.ts'
import { createMetrics } from './http/metrics.ts'
import { listForwardTargets, openArchive } from './open-archive.ts'
import { openExport } from './open-export.ts'
import { startAnalysisHost } from './pipeline/analysis-host.ts'
import { describeAsFhir } from './pipeline/describe-as-fhir.ts'
import { createForwarding } from './pipeline/forward-results.ts'
import { readReport } from './pipeline/read-report.ts'
import { openReportFiles } from './pipeline/report-files.ts'
import { runPeriodically } from './pipeline/run-periodically.ts'
import { sweepArchive } from './pipeline/sweep.ts'
import { takeTurns } from './pipeline/take-turns.ts'
import { notifyWorkers } from './queue/job-service.ts'
import { openJobStore } from './queue/open-job-store.ts'
import { startWorkers } from './queue/worker-loop.ts'
import { software } from './software.ts'
import { startAudit } from './start-audit.ts'
import { startBackfill } from './start-backfill.ts'
import { startHousekeeping } from './start-housekeeping.ts'
import { startModels } from './start-models.ts'
import { startOutageWatch } from './start-outage-watch.ts'
import { startTracing } from './start-tracing.ts'
import { traceArchive } from './telemetry/trace-archive.ts'
import { traceRuns } from './telemetry/trace-runs.ts'

export interface Service {
  /** Where it listens, such as http://127.0.0.1:8080. */
  readonly address: string
  /** Takes no more work, hands back what is not done, closes everything. */
  stop(): Promise<void>
}

/** Requests that are under way when the service stops may take so long to be answered. */
const closingMilliseconds = 3_000

/** Longest time Orthanc may take to send one result instance on. */
const transferMinutes = 10

/** Makes DATA_DIR and the folder of the pages in it; throws CONFIG_INVALID unless both can be written to. */
function makeDataFolder(path: string): string {
  const refuse = (fault: string, cause: unknown) =>
    new HippoError('CONFIG_INVALID', `DATA_DIR names ${path}, which cannot be ${fault}.`, { cause })
  const reports = join(path, 'reports')
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw refuse('made', error)
  }
  try {
    mkdirSync(reports, { recursive: true, mode: 0o700 })
    for (const folder of [path, reports]) chmodSync(folder, 0o700)
    for (const folder of [path, reports]) accessSync(folder, constants.W_OK)
  } catch (error) {
    throw refuse('written to', error)
  }
  return reports
}

/**
 * Wires everything and starts it: queue, analysis process, workers, sweep, REST. Throws a coded error
 * of stage 'startup' for what would keep it from ever working; an archive that is down is only not
 * ready. The analysis process reads the same environment as `config` was read from.
 */
export async function startService(config: Config, log: Logger): Promise<Service> {
  const clock = () => Date.now()
  const reports = makeDataFolder(config.DATA_DIR)
  const tracing = await startTracing(config, 'service')
  const audit = startAudit(config.DATA_DIR, log)
  const archive = traceArchive(openArchive(config), tracing)
  const files = await openReportFiles(reports)
  const store = await openJobStore({
    databaseUrl: config.DATABASE_URL,
    path: join(config.DATA_DIR, 'queue.sqlite'),
    clock,
    createId: randomUUID,
    log,
  })
  const list = async (query: { orthancStudyId: string; states?: ['succeeded'] }) =>
    (await store.list({ ...query, limit: 100, offset: 0, isCounted: false })).jobs
  const history = {
    recentJobs: (orthancStudyId: string) => list({ orthancStudyId }),
    succeededJobs: (orthancStudyId: string) => list({ orthancStudyId, states: ['succeeded'] }),
    failedJobs: async () => (await store.list({ states: ['failed'], limit: 100, offset: 0, isCounted: false })).jobs,
    readMark: (name: string) => store.readMark(name),
    writeMark: (name: string, value: string) => store.writeMark(name, value),
  }
  const program = new URL('./analysis.ts', import.meta.url)
  const models = await startModels(config, store, clock, log)
  const metrics = createMetrics(store, clock)
  const analysis = await startAnalysisHost({
    program,
    history,
    models: models.initial,
    tracing,
    onShadow: (comparison) => {
      models.keepComparison(comparison)
      metrics.observeShadow(comparison)
    },
    requestMeasurement: async (study) => {
      const { job, created } = await jobs.enqueue({ ...study, trigger: 'history', force: false })
      log.info({ jobId: job.id, created, ...study }, 'An earlier study is measured for comparison.')
    },
    timeLimitMilliseconds: config.ANALYSIS_TIMEOUT_SECONDS * 1000,
    log,
  })

  const modelService = models.connect(analysis)
  const following = runPeriodically(modelService.follow, 5_000, (error) =>
    log.warn({ err: error }, 'The choice of the model could not be read; it is tried again.'),
  )
  exportHost(metrics.registry, {
    dataFolder: config.DATA_DIR,
    analysisMemory: analysis.residentMemory,
    softwareVersion: software.version,
    activeModel: () => analysis.loaded()?.active,
  })
  const owner = `${hostname()}/${process.pid}/${randomUUID()}`
  const retry = {
    maximumAttempts: config.MAX_ATTEMPTS,
    baseMilliseconds: config.RETRY_BASE_SECONDS * 1000,
    maximumMilliseconds: config.RETRY_MAX_SECONDS * 1000,
  }
  const disk = watchDisk({
    folder: config.DATA_DIR,
    minimumMegabytes: config.MIN_FREE_DISK_MB,
    monotonicClock: () => performance.now(),
    log,
  })
  const outages = startOutageWatch(config, archive, analysis, log)
  const mayClaim = async () =>
    analysis.loaded() !== undefined && (await disk.hasRoom()) && (await outages.mayClaim())
  const workers = startWorkers({
    store: holdBack(store, mayClaim),
    isOutage: outages.isOutage,
    run: traceRuns('job', analysis.run, tracing),
    concurrency: config.WORKER_CONCURRENCY,
    owner,
    leaseMilliseconds: config.LEASE_SECONDS * 1000,
    retry,
    clock,
    random: Math.random,
    log,
    onFinished: (job, ending, timings) => {
      if ('followUp' in ending && ending.followUp) forwarding.wake()
      if (ending.state !== 'cancelled') outages.noteSuccess()
      metrics.observeJob(job, ending, timings)
    },
    onRetry: (_job, { code }) => metrics.observeRetry('analysis', code),
  })
  const forwarding = startWorkers({
    store: store.followUps,
    run: traceRuns(
      'forward',
      createForwarding({
        archive,
        targets: listForwardTargets(config),
        maximumAttempts: config.FORWARD_MAX_ATTEMPTS,
        transferMilliseconds: transferMinutes * 60_000,
        clock,
        keep: (job, outcome) =>
          store.followUps.recordOutcome(job.id, job.leaseOwner ?? '', outcome),
        onSettled: (job, forwarded) => {
          metrics.observeForwarded(forwarded)
          const { target, kind, state, error } = forwarded
          log.info(
            { jobId: job.id, target, kind, state, error },
            'Results were sent on or given up.',
          )
        },
      }),
      tracing,
    ),
    concurrency: 2,
    owner,
    leaseMilliseconds: config.LEASE_SECONDS * 1000,
    // The run gives up by itself, because each target is given up separately.
    retry: { ...retry, maximumAttempts: Number.POSITIVE_INFINITY },
    clock,
    random: Math.random,
    log: log.child({ work: 'forwarding' }),
    onRetry: (_job, { code }) => metrics.observeRetry('forwarding', code),
  })
  const jobs = notifyWorkers(store, workers)
  const backfilling = startBackfill({
    ...{ store, jobs, archive, owner, clock, log, createId: randomUUID },
    maximumAhead: config.BACKFILL_AHEAD,
    // One look into a slow archive may take longer than a sign of life of a job.
    leaseMilliseconds: Math.min(60_000, 3_000 * config.LEASE_SECONDS),
  })
  const housekeeping = startHousekeeping({
    ...{ store, reports, clock, log },
    retentionDays: config.RETENTION_DAYS,
  })
  const sweep = (signal: AbortSignal) =>
    sweepArchive({
      signal,
      archive,
      history,
      enqueue: ({ orthancStudyId, studyInstanceUid }) =>
        jobs.enqueue({ orthancStudyId, studyInstanceUid, trigger: 'sweep', force: false }),
      now: clock,
      lookbackMilliseconds: config.SWEEP_LOOKBACK_HOURS * 3_600_000,
      log,
    })
  const sweeping =
    config.SWEEP_SECONDS === 0
      ? undefined
      : runPeriodically(
          takeTurns(sweep, {
            marks: store,
            name: 'turn/sweep',
            owner,
            leaseMilliseconds: config.LEASE_SECONDS * 1000,
            // Not all of it, so that the others do not stay behind for ever.
            restMilliseconds: config.SWEEP_SECONDS * 900,
            now: clock,
          }),
          config.SWEEP_SECONDS * 1000,
          (error) => log.warn({ err: error }, 'The sweep failed; it is tried again.'),
        )
  const guard = guardAccess(config)
  const app = await buildApp({
    ...guard,
    audit,
    jobs,
    findStudy: (id) => archive.findStudy(id),
    readReport: (jobId) =>
      readReport(jobId, {
        findJob: (id) => store.find(id),
        files,
        render: (id) => archive.renderInstance(id),
        mark: analysis.markSuperseded,
      }),
    describeAsFhir,
    backfills: backfilling.backfills,
    exportCsv: openExport({ store, archive, clock, pseudonymSecret: config.PSEUDONYM_SECRET }),
    readiness: [
      {
        name: 'archive',
        check: async () => {
          const { version } = await archive.ping()
          await outages.check()
          return version
        },
      },
      { name: 'model', check: async () => analysis.modelVersion() },
      { name: 'queue', check: async () => void (await store.writeMark('ready', String(clock()))) },
      { name: 'disk', check: async () => void (await disk.check()) },
      { name: 'audit', check: async () => void (await audit.check()) },
    ],
    metrics,
    models: modelService,
    tracing,
    version: software.version,
    viewerUrl: config.VIEWER_URL,
    createId: randomUUID,
    log,
  })
  followCertificate(app, config, guard.tls, log)
  async function stop(): Promise<void> {
    // No job is begun from here on; requests that are under way are answered meanwhile.
    const stopped = Promise.all([
      workers.stop(),
      forwarding.stop(),
      backfilling.stop(),
      housekeeping.stop(),
      sweeping?.stop(),
      following.stop(),
    ])
    await closeWithin(app, closingMilliseconds)
    await stopped
    await analysis.close()
    await archive.close()
    await store.close()
    await audit.close()
    await tracing.close()
  }
  try {
    const address = await app.listen({ host: config.HOST, port: config.PORT })
    return { address, stop }
  } catch (error) {
    await stop()
    throw new HippoError(
      'CONFIG_INVALID',
      `Port ${config.PORT} of ${config.HOST} cannot be used; another program may hold it.`,
      { cause: error },
    )
  }
}
