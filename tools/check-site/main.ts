// A PACS's bad days on a real Orthanc: each line says what was expected and what came of it.
//   npm run check -- site [--archive jpeg-ls|htj2k|compressed|overwriting|all [--studies 25]]
import { parseArgs } from 'node:util'
import { startProduct } from '../../test/whole-path/product.ts'
import { breakAddress, stopWithIdle, transcode } from './always-there.ts'
import { archives, fillSetUp } from './archives.ts'
import {
  deleteResults,
  fillArchive,
  limitQueries,
  outlastAttempts,
  removeQueue,
} from './nothing-lost.ts'
import { createReport, type ReportLines } from './report-lines.ts'
import { copyResults, forgeAnnouncement, serveOthers, shareUid } from './whose-data.ts'

type Product = Awaited<ReturnType<typeof startProduct>>
type Scenario = (product: Product, report: ReportLines) => Promise<void>

const { values } = parseArgs({
  options: { archive: { type: 'string' }, studies: { type: 'string', default: '25' } },
})
const report = createReport((line) => process.stdout.write(line))

/** Runs scenarios one after another; one that throws counts as differing. */
async function stage(
  options: Parameters<typeof startProduct>[0],
  scenarios: readonly Scenario[],
): Promise<void> {
  const product = await startProduct(options)
  try {
    for (const scenario of scenarios) {
      await scenario(product, report).catch((error: unknown) => {
        report.expect(`${scenario.name} completes`, 'yes', String(error).slice(0, 600))
        product.archiveProxy.reset()
        product.hookProxy.reset()
      })
    }
  } finally {
    await product.stop()
  }
}

/** The troubles of one day, and archives that transcode. */
async function stageDay(): Promise<void> {
  await stage(
    {
      environment: { MAX_ATTEMPTS: '2', REPORT_PDF: 'false', HISTORY: 'false' },
      orthanc: { configuration: { LimitFindResults: 3 } },
    },
    [
      breakAddress,
      forgeAnnouncement,
      serveOthers,
      shareUid,
      copyResults,
      outlastAttempts,
      fillArchive,
      deleteResults,
      limitQueries,
      removeQueue,
      stopWithIdle,
    ],
  )
  for (const syntax of ['1.2.840.10008.1.2.4.80', '1.2.840.10008.1.2']) {
    process.stdout.write(`IngestTranscoding ${syntax}, OverwriteInstances\n`)
    await stage(
      {
        environment: { MAX_ATTEMPTS: '2', HISTORY: 'false' },
        orthanc: { configuration: { IngestTranscoding: syntax, OverwriteInstances: true } },
      },
      [transcode],
    )
  }
}

/** One of the archives of archives.ts, with `count` studies. */
async function stageArchive(name: string, count: number): Promise<void> {
  const setUp = archives[name]
  if (setUp === undefined)
    throw new Error(`--archive is one of ${Object.keys(archives).join(', ')}`)
  process.stdout.write(`${name}: ${JSON.stringify(setUp.configuration)}, ${count} studies\n`)
  await stage(
    { environment: { HISTORY: 'false' }, orthanc: { configuration: setUp.configuration } },
    [(product) => fillSetUp(product, setUp, count, report)],
  )
}

if (values.archive === undefined) await stageDay()
const names = values.archive === 'all' ? Object.keys(archives) : [values.archive ?? []].flat()
for (const name of names) await stageArchive(name, Number(values.studies))
process.stdout.write(report.differing === 0 ? 'all as expected\n' : `${report.differing} differ\n`)
process.exitCode = report.differing === 0 ? 0 : 1
