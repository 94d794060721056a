import { writePhantomSeries } from '../../test/support/phantom-dicom.ts'
import type { Product } from '../../test/whole-path/product.ts'
import { cropOnly, sampleFiles } from '../../test/whole-path/sample-files.ts'
import type { ReportLines } from './report-lines.ts'

/** StudyInstanceUID of a study of Orthanc. */
async function uidOf({ orthanc }: Product, studyId: string): Promise<string> {
  const study = (await (await orthanc.request(`/studies/${studyId}`)).json()) as {
    MainDicomTags: { StudyInstanceUID: string }
  }
  return study.MainDicomTags.StudyInstanceUID
}

async function announce(product: Product, orthancStudyId: string, studyInstanceUid: string) {
  const answer = await product.service.request('/api/v1/stable-studies', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${product.hookToken}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ orthancStudyId, studyInstanceUid, lastUpdate: '20260101T000000' }),
  })
  const { jobId } = (await answer.json()) as { jobId: string }
  return jobId
}

/** 1: a notification of one study with the UID of another. */
export async function forgeAnnouncement(product: Product, report: ReportLines): Promise<void> {
  product.hookProxy.decide(() => 'cut')
  const a = await product.upload(sampleFiles('site a', cropOnly()))
  const b = await product.upload(sampleFiles('site b', cropOnly(12)))
  const forged = await announce(product, a, await uidOf(product, b))
  const job = await product.waitForJob(a, ({ id, state }) => id === forged && state === 'failed')
  report.expect('1 a forged notification is rejected', 'STUDY_MISMATCH', job.error?.code)
  product.hookProxy.reset()
  const genuine = await announce(product, a, await uidOf(product, a))
  const made = await product.waitForJob(a, ({ id, state }) => id === genuine && state !== 'queued')
  const done = await product.waitForJob(
    a,
    ({ id, state }) => id === made.id && state !== 'running' && state !== 'queued',
  )
  report.expect(
    '1 the correct notification is processed',
    true,
    /succeeded|unchanged/.test(done.state),
  )
  const csv = await (await product.service.request('/api/v1/results.csv')).text()
  const uid = await uidOf(product, b)
  const ofB = csv.split('\r\n').filter((row) => row.includes(uid) && row.includes('succeeded'))
  report.expect('1 no row of the table gives B a result of A', 0, ofB.length)
}

/** 2: an archive, or a cache before it, that serves another patient's files. */
export async function serveOthers(product: Product, report: ReportLines): Promise<void> {
  const other = sampleFiles('site other', cropOnly())
  let served = 0
  product.archiveProxy.decide(({ path }) => {
    if (/\/dicom-web\/studies\/.*\/series\//.test(path)) return { status: 404, body: '' }
    return 'pass'
  })
  product.archiveProxy.replaceFiles(() => other[served++ % other.length])
  const study = await product.upload(sampleFiles('site mine', cropOnly()))
  const waiting = await product.waitForJob(study, ({ error }) => error !== undefined)
  report.expect(
    '2 files of another patient are not used',
    'ARCHIVE_ANSWER_INVALID',
    waiting.error?.code,
  )
  product.archiveProxy.reset()
  const job = await product.rerun(study)
  report.expect('2 and are requested again', 'succeeded', job.state)
}

/** 4: one UID under two patients. */
export async function shareUid(product: Product, report: ReportLines): Promise<void> {
  product.hookProxy.decide(() => 'cut')
  const shared = { seed: 'site shared', slices: 1 }
  const study = await product.upload(writePhantomSeries({ ...shared, patientId: 'SITE-1' }))
  await product.upload(writePhantomSeries({ ...shared, patientId: 'SITE-2' }))
  const uid = await uidOf(product, study)
  const run = await product.service.request(`/api/v1/studies/${uid}/runs`, { method: 'POST' })
  report.expect('4 a re-run by a UID of two patients', 409, run.status)
  product.hookProxy.reset()
}

/** Structured reports of this product in a study, by their attributes. */
async function readReports(product: Product, studyId: string): Promise<Record<string, unknown>[]> {
  const ids = await product.reportsOf(studyId)
  const tags = await Promise.all(
    ids.map(async (id) => {
      const answer = await product.orthanc.request(`/instances/${id}/simplified-tags`)
      return (await answer.json()) as Record<string, unknown>
    }),
  )
  return tags.filter(({ Modality }) => Modality === 'SR')
}

/** 3: the archive copies a study with new UIDs, our results along with it. */
export async function copyResults(product: Product, report: ReportLines): Promise<void> {
  const study = await product.upload(sampleFiles('site copied', cropOnly()))
  await product.waitForVerdict(study)
  await product.waitForRest(study)
  const answer = await product.orthanc.request(`/studies/${study}/modify`, {
    method: 'POST',
    body: JSON.stringify({
      Replace: { StudyDescription: 'Copy' },
      KeepSource: true,
      Synchronous: true,
    }),
  })
  const { ID: copy } = (await answer.json()) as { ID: string }
  const job = await product.waitForVerdict(copy)
  report.expect('3 the copy of a study is measured', 'succeeded', job.state)
  const reports = await readReports(product, copy)
  const naming = reports.filter(({ PredecessorDocumentsSequence: named }) => named !== undefined)
  report.expect('3 reports in it: the copied one, and the new one', 2, reports.length)
  report.expect('3 that name the copied one as replaced', 1, naming.length)
}
