import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createArchive } from '../../src/archive/archive.ts'
import { pollUntil } from '../../test/whole-path/poll-until.ts'
import { instancesPerResult, type Product } from '../../test/whole-path/product.ts'
import { cropOnly, sampleFiles } from '../../test/whole-path/sample-files.ts'
import type { ReportLines } from './report-lines.ts'

const ready = async ({ service }: Product) => {
  const answer = await service.request('/health/ready')
  const { code } = (await answer.json()) as { code?: string }
  return { status: answer.status, code }
}

/** 6: an archive that is down for longer than all attempts. */
export async function outlastAttempts(product: Product, report: ReportLines): Promise<void> {
  product.archiveProxy.decide(() => 'cut')
  const study = await product.upload(sampleFiles('site outage', cropOnly()))
  await product.waitForJob(study, () => true)
  await sleep(20_000)
  const [job] = await product.jobsOf(study)
  report.expect('6 after 20 s without the archive the job', 'queued', job?.state)
  report.expect('6 with its attempts unspent (2 allowed)', true, (job?.attempts ?? 9) <= 1)
  report.expect('6 readiness meanwhile', 503, (await ready(product)).status)
  product.archiveProxy.reset()
  const done = await product.waitForVerdict(study)
  report.expect('6 once it is back, automatically', 'succeeded', done.state)
  const isReady = await pollUntil('readiness', async () => (await ready(product)).status === 200)
  report.expect('6 readiness afterwards', true, isReady)
}

/** 6: an archive without free space. */
export async function fillArchive(product: Product, report: ReportLines): Promise<void> {
  product.archiveProxy.decide(({ method, path }) =>
    method === 'POST' && path === '/instances' ? { status: 507, body: '{}' } : 'pass',
  )
  const study = await product.upload(sampleFiles('site full', cropOnly()))
  const waiting = await product.waitForJob(study, ({ error }) => error !== undefined)
  report.expect('6 a full archive', 'ARCHIVE_FULL', waiting.error?.code)
  await sleep(10_000)
  const [job] = await product.jobsOf(study)
  report.expect('6 the job waits with attempts', true, job?.state !== 'failed')
  report.expect('6 readiness gives the reason', 'ARCHIVE_FULL', (await ready(product)).code)
  product.archiveProxy.reset()
  report.expect(
    '6 once there is space, automatically',
    'succeeded',
    (await product.waitForVerdict(study)).state,
  )
}

/** 10: deleted results are not restored by an event, but on request. */
export async function deleteResults(product: Product, report: ReportLines): Promise<void> {
  const study = await product.upload(sampleFiles('site deleted', cropOnly()))
  await product.waitForVerdict(study)
  await product.waitForRest(study)
  for (const id of await product.reportsOf(study)) {
    await (await product.orthanc.request(`/instances/${id}`, { method: 'DELETE' })).text()
  }
  await sleep(8_000)
  await product.waitForRest(study)
  report.expect(
    '10 deleted results are restored automatically',
    0,
    (await product.reportsOf(study)).length,
  )
  await product.rerun(study)
  report.expect('10 and on request', instancesPerResult, (await product.reportsOf(study)).length)
}

/** 9: LimitFindResults truncates query results. */
export async function limitQueries(product: Product, report: ReportLines): Promise<void> {
  const { url, user, password } = product.orthanc
  const archive = createArchive({
    ...{ url, user, password, dicomWebRoot: '/dicom-web' },
    ...{ connections: 2, timeoutMilliseconds: 30_000 },
  })
  try {
    const statistics = await (await product.orthanc.request('/statistics')).json()
    const { CountStudies: all } = statistics as { CountStudies: number }
    const listed = await archive.listStudies({})
    const found = await product.orthanc.request('/tools/find', {
      method: 'POST',
      body: JSON.stringify({ Level: 'Study', Query: {} }),
    })
    const { length } = (await found.json()) as string[]
    report.expect('9 Orthanc truncates its response', true, length < all)
    const uids = new Set(listed.map(({ studyInstanceUid }) => studyInstanceUid))
    // Here, one UID exists under two patients.
    report.expect('9 studies that are found anyway', true, uids.size >= all - 1)
  } finally {
    await archive.close()
  }
}

/** 11: the queue's file is removed under the running service. */
export async function removeQueue(product: Product, report: ReportLines): Promise<void> {
  const path = join(product.service.dataFolder, 'queue.sqlite')
  await rename(path, `${path}.away`)
  const state = await ready(product)
  report.expect('11 readiness without the queue', 503, state.status)
  const hook = await product.service.request('/api/v1/stable-studies', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${product.hookToken}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      orthancStudyId: '12345678-12345678-12345678-12345678-12345678',
      studyInstanceUid: '1.2.3',
      lastUpdate: '20260101T000000',
    }),
  })
  report.expect('11 the hook meanwhile', 503, hook.status)
  await rename(`${path}.away`, path)
  const isReady = await pollUntil('readiness', async () => (await ready(product)).status === 200)
  report.expect('11 readiness once it is back', true, isReady)
}
