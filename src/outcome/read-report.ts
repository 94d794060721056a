import type { Job } from '../queue/job.ts'
import { outcomeOf } from './outcome.ts'
import type { ReportFiles } from './report-files.ts'

/** The page from the archive: another process may have made it, or its file may be lost. */
async function readStoredPage(
  job: Job,
  render: (orthancInstanceId: string) => Promise<Uint8Array | undefined>,
): Promise<Uint8Array | undefined> {
  const outcome = outcomeOf(job)
  const stored = outcome?.result?.stored ?? outcome?.rejection?.stored ?? []
  const page = stored.find(({ role }) => role === 'report' || role === 'rejection')
  return page && render(page.orthancInstanceId)
}

/**
 * The page of a job as PNG: that of the earlier job if nothing was new, marked with a band if a
 * newer result replaced it. Undefined if the job made none.
 */
export async function readReport(
  jobId: string,
  access: {
    findJob(jobId: string): Promise<Job | undefined>
    readonly files: ReportFiles
    /** An instance of the archive as PNG; undefined when it does not hold it. */
    render(orthancInstanceId: string): Promise<Uint8Array | undefined>
    mark(png: Uint8Array, note: string): Promise<Uint8Array>
  },
): Promise<Uint8Array | undefined> {
  const asked = await access.findJob(jobId)
  const sameAs = asked && outcomeOf(asked)?.sameAsJobId
  const job = sameAs === undefined ? asked : await access.findJob(sameAs)
  if (job === undefined) return undefined
  const png = (await access.files.read(job.id)) ?? (await readStoredPage(job, access.render))
  if (png === undefined || job.supersededByJobId === undefined) return png
  return access.mark(png, `Replaced by the result of job ${job.supersededByJobId}`)
}
