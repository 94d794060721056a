// Draws ten cases of the report, all from phantoms, as PNG (colour and grey) and PDF, for
// inspection: npm run check -- pages [--output build/pages] [--only NAME]
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { encodePng } from '../src/report/encode-png.ts'
import { renderDetails, renderMontage, renderReport } from '../src/report/render-report.ts'
import { renderReportPdf } from '../src/report/render-report-pdf.ts'
import type { ReportImage } from '../src/report/report-input.ts'
import { listPages } from './check-pages/list-pages.ts'
import { repositoryPath } from './repository-path.ts'

const { values } = parseArgs({
  options: {
    output: { type: 'string', default: 'build/pages' },
    only: { type: 'string', default: '' },
  },
})

/** The page on a greyscale monitor (luma of ITU-R BT.709). */
function toGrey({ rgb, width, height }: ReportImage): Promise<Uint8Array> {
  const grey = new Uint8Array(rgb.length)
  for (let at = 0; at < rgb.length; at += 3) {
    const luma = 0.2126 * rgb[at]! + 0.7152 * rgb[at + 1]! + 0.0722 * rgb[at + 2]!
    grey.fill(Math.round(luma), at, at + 3)
  }
  return encodePng(grey, width, height)
}

const folder = repositoryPath(values.output)
mkdirSync(folder, { recursive: true })
for (const { name, input } of listPages()) {
  if (!name.includes(values.only)) continue
  const [page, details, montage] = [renderReport(input), renderDetails(input), renderMontage(input)]
  writeFileSync(join(folder, `${name}-1.png`), await page.toPng())
  writeFileSync(join(folder, `${name}-2.png`), await details.toPng())
  writeFileSync(join(folder, `${name}-3.png`), await montage.toPng())
  writeFileSync(join(folder, `${name}-1-grey.png`), await toGrey(page))
  writeFileSync(join(folder, `${name}.pdf`), renderReportPdf(input))
  console.log(`${name}: three pages, the first in grey, too, and a PDF in ${values.output}`)
}
