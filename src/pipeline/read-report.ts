import type { Job } from '../queue/job.ts'
import { renderSupersededPage } from '../report/superseded-page.ts'
import type { AnalysisOutcome } from './outcome.ts'
import type { ReportFiles } from './report-files.ts'

/**
 * The page of a job as PNG: that of the earlier job where nothing was new, and with a band across it
 * where a newer result replaced it. Undefined when the job made none.
 */
export async function readReport(
  jobId: string,
  findJob: (jobId: string) => Promise<Job | undefined>,
  files: ReportFiles,
): Promise<Uint8Array | undefined> {
  const asked = await findJob(jobId)
  const sameAs = (asked?.outcome as AnalysisOutcome | undefined)?.sameAsJobId
  const job = sameAs === undefined ? asked : await findJob(sameAs)
  if (job === undefined) return undefined
  const png = await files.read(job.id)
  if (png === undefined || job.supersededByJobId === undefined) return png
  return renderSupersededPage(png, `Replaced by the result of job ${job.supersededByJobId}`)
}
