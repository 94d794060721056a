import { randomUUID } from 'node:crypto'
import { accessSync, constants, mkdirSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { HippoError } from './errors.ts'
import { followCertificate, guardAccess } from './guard-access.ts'
import { buildApp } from './http/app.ts'
import { createMetrics } from './http/metrics.ts'
import { listForwardTargets, openArchive } from './open-archive.ts'
import { startAnalysisHost } from './pipeline/analysis-host.ts'
import { describeAsFhir } from './pipeline/describe-as-fhir.ts'
import { createForwarding } from './pipeline/forward-results.ts'
import { readReport } from './pipeline/read-report.ts'
import { openReportFiles } from './pipeline/report-files.ts'
import { runPeriodically } from './pipeline/run-periodically.ts'
import { sweepArchive } from './pipeline/sweep.ts'
import { notifyWorkers } from './queue/job-service.ts'
import { openSqliteJobStore } from './queue/sqlite-job-store.ts'
import { startWorkers } from './queue/worker-loop.ts'
import { software } from './software.ts'
import { startAudit } from './start-audit.ts'

export interface Service {
  /** Where it listens, such as http://127.0.0.1:8080. */
  readonly address: string
  /** Takes no more work, hands back what is not done, closes everything. */
  stop(): Promise<void>
}

/** Longest time Orthanc may take to send one result instance on. */
const transferMinutes = 10

/** Makes DATA_DIR and the folder of the pages in it; throws CONFIG_INVALID unless both can be written to. */
function makeDataFolder(path: string): string {
  const refuse = (fault: string, cause: unknown) =>
    new HippoError('CONFIG_INVALID', `DATA_DIR names ${path}, which cannot be ${fault}.`, { cause })
  const reports = join(path, 'reports')
  try {
    mkdirSync(path, { recursive: true })
  } catch (error) {
    throw refuse('made', error)
  }
  try {
    mkdirSync(reports, { recursive: true })
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
  const audit = startAudit(config.DATA_DIR, log)
  const archive = openArchive(config)
  const files = await openReportFiles(reports)
  const store = openSqliteJobStore({
    path: join(config.DATA_DIR, 'queue.sqlite'),
    clock,
    createId: randomUUID,
  })
  const list = async (query: { orthancStudyId: string; states?: ['succeeded'] }) =>
    (await store.list({ ...query, limit: 100, offset: 0 })).jobs
  const history = {
    recentJobs: (orthancStudyId: string) => list({ orthancStudyId }),
    succeededJobs: (orthancStudyId: string) => list({ orthancStudyId, states: ['succeeded'] }),
    readMark: (name: string) => store.readMark(name),
    writeMark: (name: string, value: string) => store.writeMark(name, value),
  }
  const program = new URL('./analysis.ts', import.meta.url)
  const analysis = await startAnalysisHost({
    program,
    history,
    requestMeasurement: async (study) => {
      const { job, created } = await jobs.enqueue({ ...study, trigger: 'history', force: false })
      log.info({ jobId: job.id, created, ...study }, 'An earlier study is measured for comparison.')
    },
    timeLimitMilliseconds: config.ANALYSIS_TIMEOUT_SECONDS * 1000,
    log,
  })

  const metrics = createMetrics(store, clock)
  const owner = `${hostname()}/${process.pid}/${randomUUID()}`
  const retry = {
    maximumAttempts: config.MAX_ATTEMPTS,
    baseMilliseconds: config.RETRY_BASE_SECONDS * 1000,
    maximumMilliseconds: config.RETRY_MAX_SECONDS * 1000,
  }
  const workers = startWorkers({
    store,
    run: analysis.run,
    concurrency: config.WORKER_CONCURRENCY,
    owner,
    leaseMilliseconds: config.LEASE_SECONDS * 1000,
    retry,
    clock,
    random: Math.random,
    log,
    onFinished: (job, ending, timings) => {
      if ('followUp' in ending && ending.followUp) forwarding.wake()
      metrics.observeJob(job, ending, timings)
    },
  })
  const forwarding = startWorkers({
    store: store.followUps,
    run: createForwarding({
      archive,
      targets: listForwardTargets(config),
      maximumAttempts: config.FORWARD_MAX_ATTEMPTS,
      transferMilliseconds: transferMinutes * 60_000,
      clock,
      keep: (job, outcome) => store.followUps.recordOutcome(job.id, job.leaseOwner ?? '', outcome),
      onSettled: (job, forwarded) => {
        metrics.observeForwarded(forwarded)
        const { target, kind, state, error } = forwarded
        log.info({ jobId: job.id, target, kind, state, error }, 'Results were sent on or given up.')
      },
    }),
    concurrency: 2,
    owner,
    leaseMilliseconds: config.LEASE_SECONDS * 1000,
    // The run gives up by itself, because each target is given up separately.
    retry: { ...retry, maximumAttempts: Number.POSITIVE_INFINITY },
    clock,
    random: Math.random,
    log: log.child({ work: 'forwarding' }),
  })
  const jobs = notifyWorkers(store, workers)
  const sweep = () =>
    sweepArchive({
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
      : runPeriodically(sweep, config.SWEEP_SECONDS * 1000, (error) =>
          log.warn({ err: error }, 'The sweep failed; it is tried again.'),
        )
  const app = await buildApp({
    ...guardAccess(config),
    audit,
    jobs,
    findStudy: (id) => archive.findStudy(id),
    readReport: (jobId) =>
      readReport(jobId, { findJob: (id) => store.find(id), files, mark: analysis.markSuperseded }),
    describeAsFhir,
    readiness: [
      { name: 'archive', check: async () => (await archive.ping()).version },
      { name: 'model', check: async () => analysis.modelVersion() },
      { name: 'queue', check: async () => void (await store.writeMark('ready', String(clock()))) },
      { name: 'audit', check: async () => void (await audit.check()) },
    ],
    metrics,
    version: software.version,
    viewerUrl: config.VIEWER_URL,
    createId: randomUUID,
    log,
  })
  followCertificate(app, config, log)
  async function stop(): Promise<void> {
    await app.close()
    await Promise.all([sweeping?.stop(), workers.stop(), forwarding.stop()])
    await analysis.close()
    await archive.close()
    await store.close()
    await audit.close()
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
