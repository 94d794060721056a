import { once } from 'node:events'
import { connect } from 'node:net'
import type { Product } from '../../test/whole-path/product.ts'
import { cropOnly, sampleFiles } from '../../test/whole-path/sample-files.ts'
import type { ReportLines } from './report-lines.ts'

const portOf = ({ service }: Product) => Number(new URL(service.url).port)

/** 16: an address that cannot be decoded. */
export async function breakAddress(product: Product, report: ReportLines): Promise<void> {
  const answer = await product.service.request('/api/v1/jobs/%zz-Mueller')
  report.expect('16 a malformed address', 400, answer.status)
  report.expect('16 with headers', 'nosniff', answer.headers.get('x-content-type-options'))
  const unknown = await product.service.request('/api/v1/%zz', { headers: { authorization: '' } })
  report.expect('16 without a token', 401, unknown.status)
  report.expect(
    '16 its content is not in the log',
    false,
    product.service.readLog().includes('Mueller'),
  )
}

/** 12: one idle connection during the shutdown. */
export async function stopWithIdle(product: Product, report: ReportLines): Promise<void> {
  const idle = connect(portOf(product), '127.0.0.1')
  idle.on('error', () => {})
  await once(idle, 'connect')
  idle.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n')
  await once(idle, 'data')
  const started = performance.now()
  await product.service.halt()
  const seconds = (performance.now() - started) / 1000
  report.expect(`12 stopped beside an idle connection (${seconds.toFixed(1)} s)`, true, seconds < 8)
  await product.service.start()
}

/** 7 and 8: an archive that transcodes and overwrites on receipt. */
export async function transcode(product: Product, report: ReportLines): Promise<void> {
  const files = sampleFiles('site transcoded', cropOnly())
  const study = await product.upload(files)
  const first = await product.waitForVerdict(study)
  report.expect('7 a result in an archive that transcodes', 'succeeded', first.state)
  await product.upload(files)
  await product.waitForRest(study)
  await product.waitForJob(study, ({ state }) => state === 'unchanged')
  const jobs = await product.waitForRest(study)
  const failed = jobs.filter(({ state }) => state === 'failed').length
  report.expect('7 failed jobs', 0, failed)
  const made = jobs.filter(({ state }) => state === 'succeeded').length
  report.expect('8 results of the same images sent again', 1, made)
}
