import { randomUUID } from 'node:crypto'
import type { AnalysisHost } from '../analysis/analysis-host.ts'
import type { Archive } from '../archive/archive.ts'
import type { AuditTrail } from '../audit/audit-entry.ts'
import { HippoError } from '../errors.ts'
import { type AppOptions, buildApp } from '../http/app.ts'
import { closeWithin } from '../http/close-within.ts'
import { outcomeOf } from '../outcome/outcome.ts'
import { readReport } from '../outcome/read-report.ts'
import type { ReportFiles } from '../outcome/report-files.ts'
import type { JobStore } from '../queue/job-store.ts'
import type { OutageWatch } from '../queue/outage-watch.ts'
import { software } from '../software.ts'
import type { DiskWatch } from '../upkeep/watch-disk.ts'
import { followCertificate, guardAccess } from './guard-access.ts'
import { openExport } from './open-export.ts'
import { openFhir } from './open-fhir.ts'
import type { ServiceContext } from './service-context.ts'

/** Time limit for pending requests when the service stops. */
const closingMilliseconds = 3_000

export interface HttpParts
  extends Pick<AppOptions, 'jobs' | 'backfills' | 'metrics' | 'models' | 'tracing'> {
  readonly store: JobStore
  readonly archive: Archive
  readonly audit: AuditTrail
  readonly analysis: AnalysisHost
  readonly disk: DiskWatch
  readonly files: ReportFiles
  readonly outages: OutageWatch
}

function listReadinessChecks(
  { store, archive, analysis, disk, audit, outages }: HttpParts,
  clock: () => number,
): AppOptions['readiness'] {
  return [
    {
      name: 'archive',
      check: async () => {
        const { version } = await archive.ping()
        await archive.requireDicomWeb()
        await outages.check()
        return version
      },
    },
    { name: 'model', check: async () => analysis.modelVersion() },
    { name: 'queue', check: async () => void (await store.writeMark('ready', String(clock()))) },
    { name: 'disk', check: async () => void (await disk.check()) },
    { name: 'audit', check: async () => void (await audit.check()) },
  ]
}

/** Builds the REST API and listens; returns the address. Throws CONFIG_INVALID for a port it cannot use. */
export async function startHttp(
  { config, log, clock, closers }: ServiceContext,
  parts: HttpParts,
): Promise<string> {
  const { store, archive, audit, analysis, files, jobs, backfills, metrics, models, tracing } =
    parts
  const guard = guardAccess(config)
  const app = await buildApp({
    ...guard,
    ...{ audit, jobs, backfills, metrics, models, tracing, log },
    findStudy: (id) => archive.findStudy(id),
    noteAnnouncement: (studyId, jobId) => archive.noteAnnouncement(studyId, jobId),
    readReport: (jobId) =>
      readReport(jobId, {
        findJob: (id) => store.find(id),
        files,
        render: (id) => archive.renderInstance(id),
        mark: analysis.markSuperseded,
      }),
    describeAsFhir: openFhir(archive, config),
    markRejected: async (...answer) => {
      // Only when it is needed: what reads and writes DICOM takes much of the memory of this process.
      const { markRejectedIn } = await import('./mark-rejected.ts')
      return markRejectedIn(archive)(...answer)
    },
    isTold: (job) => (outcomeOf(job)?.forwarded ?? []).length > 0,
    clock,
    exportCsv: openExport({ store, archive, clock, pseudonymSecret: config.PSEUDONYM_SECRET }),
    readiness: listReadinessChecks(parts, clock),
    version: software.version,
    viewerUrl: config.VIEWER_URL,
    createId: randomUUID,
  })
  closers.add(() => closeWithin(app, closingMilliseconds))
  followCertificate(app, config, guard.tls, log)
  try {
    return await app.listen({ host: config.HOST, port: config.PORT })
  } catch (error) {
    throw new HippoError(
      'CONFIG_INVALID',
      `Port ${config.PORT} of ${config.HOST} cannot be used; another program may be using it.`,
      { cause: error },
    )
  }
}
