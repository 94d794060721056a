import { viewerLink } from '../viewer/viewer-links.ts'
import { describeReport, describeResult } from './describe-result.ts'
import { type FoundReport, findReport } from './find-report.ts'
import { type FollowedStudy, followStudy } from './follow-study.ts'
import type { RunningDemo } from './running-demo.ts'
import { listStudies, sendStudy } from './send-study.ts'

const withAuthorization =
  (base: string, authorization: string) => (path: string, accept?: string) =>
    fetch(`${base}${path}`, {
      headers: { authorization, accept: accept ?? 'application/json' },
    })

/** A sent study, with the report in Orthanc, if there is one. */
export interface MeasuredStudy extends FollowedStudy {
  readonly report: FoundReport | undefined
}

/**
 * Sends the studies of a folder to the demo, follows each to its end, and prints its result. A
 * report counts if Orthanc itself has it.
 */
export async function measureFolder(
  demo: RunningDemo,
  folder: string,
  say: (line: string) => void,
): Promise<MeasuredStudy[]> {
  const studies = listStudies(folder)
  if (studies.length === 0) throw new Error(`There are no DICOM files in ${folder}.`)
  const since = Date.now() - 1000
  await sendStudy(demo.aet, demo.dicomPort, folder)
  say(
    `sent ${folder} in ${((Date.now() - since - 1000) / 1000).toFixed(1)} s; Orthanc waits a moment for more`,
  )
  const basic = Buffer.from(`demo:${demo.orthancPassword}`).toString('base64')
  const getFromOrthanc = withAuthorization(demo.orthancUrl, `Basic ${basic}`)
  const getFromService = withAuthorization(demo.serviceUrl, `Bearer ${demo.apiToken}`)
  const measured: MeasuredStudy[] = []
  for (const studyInstanceUid of studies) {
    const followed = await followStudy({
      get: getFromService,
      studyInstanceUid,
      since,
      seconds: 120,
      say,
    })
    for (const line of describeResult(followed)) say(line)
    const wasMeasured = ['succeeded', 'unchanged'].includes(followed.job.state)
    const report = wasMeasured ? await findReport(getFromOrthanc, studyInstanceUid) : undefined
    if (report !== undefined) {
      const link = viewerLink(demo.viewerUrl, studyInstanceUid, report.seriesInstanceUid)
      for (const line of describeReport(report, link)) say(line)
    }
    measured.push({ ...followed, report })
  }
  return measured
}
