import type { FoundReport } from '../demo/find-report.ts'
import type { RgbImage } from './rgb-image.ts'

/** The report's pixels from Orthanc: one uncompressed RGB frame over DICOMweb. */
export async function readReportPage(
  get: (path: string, accept?: string) => Promise<Response>,
  report: FoundReport,
): Promise<RgbImage> {
  const path =
    `/dicom-web/studies/${report.studyInstanceUid}/series/${report.seriesInstanceUid}` +
    `/instances/${report.sopInstanceUid}/frames/1`
  const answer = await get(path, 'multipart/related; type="application/octet-stream"')
  const body = Buffer.from(await answer.arrayBuffer())
  const start = body.indexOf('\r\n\r\n') + 4
  const { columns: width, rows: height } = report
  const rgb = body.subarray(start, start + width * height * 3)
  if (!answer.ok || rgb.length < width * height * 3) {
    throw new Error(`Orthanc returned no complete page (${answer.status}, ${body.length} bytes).`)
  }
  return { width, height, rgb }
}
