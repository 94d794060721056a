// Shows the report of the sample's whole head in a real OHIF in a real browser, and checks that it
// is on the screen, that the thumbnail of its series shows page 1, and that structured report and
// segmentation open with their content. npm run check -- viewer [--save] --save writes
// docs/images/report-in-ohif.png
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { measureSample } from './demo/measure-sample.ts'
import { announceDemo } from './demo/running-demo.ts'
import { startDemo } from './demo/start-demo.ts'
import { repositoryPath } from './repository-path.ts'
import { viewerLink } from './viewer/viewer-links.ts'
import { openResults } from './viewer-check/open-results.ts'
import { readReportPage } from './viewer-check/read-report-page.ts'
import { watchViewer } from './viewer-check/watch-viewer.ts'

const enough = 0.9
/** Minimum correlation for a thumbnail, partly covered by the viewer's own label. */
const enoughOfThumbnail = 0.8
/** Minimum number of pixels of a hippocampus; the viewer's own texts have none. */
const leastYellow = 100
const { values } = parseArgs({ options: { save: { type: 'boolean', default: false } } })
const folder = mkdtempSync(join(tmpdir(), 'hippovolume-viewer-'))
const say = (line: string) => console.log(line)

const demo = await startDemo({ folder, viewerPort: 3000, say })
try {
  const studies = await measureSample(announceDemo(demo), say)
  // The page of a whole head has the most content.
  const study = studies.find(({ outcome }) => outcome?.result?.kind === 'head')
  if (study?.report === undefined) throw new Error('The sample study got no report.')
  const { studyInstanceUid, seriesInstanceUid } = study.report
  const impression = study.outcome?.result?.impression?.text
  if (impression === undefined) throw new Error('The result has no impression.')
  const page = await readReportPage(demo.orthanc.get, study.report)
  const link = viewerLink(demo.viewerUrl, studyInstanceUid, seriesInstanceUid)
  const { correlation, screenshot, complaints } = await watchViewer(link, page, enough, 60)
  const picture = values.save
    ? repositoryPath('docs/images/report-in-ohif.png')
    : repositoryPath('build/report-in-ohif.png')
  mkdirSync(dirname(picture), { recursive: true })
  writeFileSync(picture, screenshot)
  for (const complaint of complaints) say(`browser error: ${complaint}`)
  say(`page on the screen and page in the archive: correlation ${correlation.toFixed(3)}`)
  say(`screenshot: ${picture} (${Math.round(screenshot.length / 1000)} kB)`)
  if (correlation < enough) throw new Error('The report is not on the screen.')
  say('OHIF shows the report')

  const sights = await openResults(link, page, '9003')
  writeFileSync(repositoryPath('build/structured-report-in-ohif.png'), sights.report)
  writeFileSync(repositoryPath('build/segmentation-in-ohif.png'), sights.segmentation)
  say(`thumbnail and page 1: correlation ${sights.thumbnail.toFixed(3)}`)
  say(`segmentation: ${sights.yellow} yellow pixels on its first shown slice`)
  if (sights.thumbnail < enoughOfThumbnail) throw new Error('The thumbnail does not show page 1.')
  if (!sights.reportText.includes(impression)) {
    throw new Error('The structured report does not open with its impression.')
  }
  if (sights.reportText.includes('is not supported')) {
    throw new Error('The text of the structured report is full of images that it cannot show.')
  }
  if (sights.yellow < leastYellow) throw new Error('The segmentation opens on an empty slice.')
  say('OHIF opens thumbnail, structured report and segmentation')
} catch (error) {
  console.error(`The check failed: ${(error as Error).message}`)
  process.exitCode = 1
} finally {
  await demo.stop()
  rmSync(folder, { recursive: true, force: true })
}
