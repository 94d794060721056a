import { setTimeout as sleep } from 'node:timers/promises'
import type { Product } from '../../test/whole-path/product.ts'
import { cropOnly, sampleFiles } from '../../test/whole-path/sample-files.ts'
import { countWholeResults } from '../worst-day/whole-results.ts'
import type { ReportLines } from './report-lines.ts'

/** A way to set up Orthanc that changes what it keeps or how. */
export interface ArchiveSetUp {
  readonly configuration: Readonly<Record<string, unknown>>
  /** The transfer syntax that it has for what came in. */
  readonly transcodesTo?: string
}

const transcodingTo = (uid: string): ArchiveSetUp => ({
  configuration: { IngestTranscoding: uid, OverwriteInstances: true },
  transcodesTo: uid,
})

/** By the names of the option --archive. */
export const archives: Readonly<Record<string, ArchiveSetUp>> = {
  'jpeg-ls': transcodingTo('1.2.840.10008.1.2.4.80'),
  htj2k: transcodingTo('1.2.840.10008.1.2.4.201'),
  compressed: { configuration: { StorageCompression: true } },
  overwriting: { configuration: { OverwriteInstances: true } },
}

async function readTransferSyntax({ orthanc }: Product, studyId: string): Promise<string> {
  const instances = (await (await orthanc.request(`/studies/${studyId}/instances`)).json()) as {
    ID: string
  }[]
  const path = `/instances/${instances[0]?.ID}/metadata/TransferSyntax`
  return (await orthanc.request(path)).text()
}

/** Studies one after another, each sent twice: one result each, no failed job. */
export async function fillSetUp(
  product: Product,
  { transcodesTo }: ArchiveSetUp,
  count: number,
  report: ReportLines,
): Promise<void> {
  const studies: string[] = []
  for (let index = 0; index < count; index += 1) {
    const files = sampleFiles(`site archive ${index}`, cropOnly())
    studies.push(await product.upload(files))
    await product.upload(files)
  }
  const kept = await readTransferSyntax(product, studies[0]!)
  if (transcodesTo !== undefined) {
    if (kept !== transcodesTo) {
      report.tell(`this Orthanc does not transcode to ${transcodesTo}; it keeps ${kept}`)
    } else report.expect('transfer syntax of what came in', transcodesTo, kept)
  }
  for (const study of studies) await product.waitForVerdict(study)
  // Studies become stable once more after their results were stored.
  await sleep(10_000)
  const jobs = (await Promise.all(studies.map((study) => product.waitForRest(study)))).flat()
  const inState = (state: string) => jobs.filter((job) => job.state === state).length
  report.expect('succeeded jobs', count, inState('succeeded'))
  report.expect('failed jobs', 0, inState('failed'))
  report.expect('attempts of a job at most', 1, Math.max(...jobs.map(({ attempts }) => attempts)))
  const { exactlyOne, none, otherwise } = await countWholeResults(product.orthanc)
  report.expect('studies with exactly one result', count, exactlyOne)
  report.expect('studies with none or more', 0, none + otherwise)
}
