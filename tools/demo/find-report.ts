export interface FoundReport {
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  readonly sopInstanceUid: string
  readonly seriesDescription: string
  readonly rows: number
  readonly columns: number
}

type DicomJson = Readonly<Record<string, { readonly Value?: readonly unknown[] } | undefined>>

const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7'
const first = (instance: DicomJson, tag: string) => instance[tag]?.Value?.[0]

const writtenAt = (instance: DicomJson) =>
  `${first(instance, '00080023')}${first(instance, '00080033')}`

/**
 * Finds the report in Orthanc itself, by DICOMweb and independently of the service: the newest
 * Secondary Capture by HippoVolume, which must reference images of the study as its source and have
 * pixels. Throws a sentence about what is missing.
 */
export async function findReport(
  get: (path: string, accept?: string) => Promise<Response>,
  studyInstanceUid: string,
): Promise<FoundReport> {
  const study = `/dicom-web/studies/${studyInstanceUid}`
  const answer = await get(`${study}/metadata`, 'application/dicom+json')
  if (!answer.ok) throw new Error(`Orthanc has no study ${studyInstanceUid} (${answer.status}).`)
  const instances = (await answer.json()) as DicomJson[]
  const report = instances
    .filter((instance) => first(instance, '00080016') === secondaryCapture)
    .filter((instance) => first(instance, '00080070') === 'HippoVolume')
    // Pages 2 and 3, details and slices, are in a separate series.
    .filter((instance) => Number(first(instance, '00200011')) !== 9006)
    .sort((a, b) => writtenAt(a).localeCompare(writtenAt(b)))
    .at(-1)
  if (report === undefined) throw new Error('Orthanc has no report in this study.')
  const sources = (report['00082112']?.Value ?? []) as DicomJson[]
  const present = new Set(instances.map((instance) => first(instance, '00080018')))
  if (sources.length === 0 || !sources.every((item) => present.has(first(item, '00081155')))) {
    throw new Error('The report in Orthanc does not reference its source images.')
  }
  const seriesInstanceUid = String(first(report, '0020000E'))
  const sopInstanceUid = String(first(report, '00080018'))
  const [rows, columns] = [Number(first(report, '00280010')), Number(first(report, '00280011'))]
  const frame = await get(
    `${study}/series/${seriesInstanceUid}/instances/${sopInstanceUid}/frames/1`,
    'multipart/related; type="application/octet-stream"',
  )
  const bytes = (await frame.arrayBuffer()).byteLength
  if (!frame.ok || bytes < rows * columns * 3) {
    throw new Error(`The report in Orthanc has an incomplete page of pixels (${bytes} bytes).`)
  }
  const seriesDescription = String(first(report, '0008103E'))
  return { studyInstanceUid, seriesInstanceUid, sopInstanceUid, seriesDescription, rows, columns }
}
