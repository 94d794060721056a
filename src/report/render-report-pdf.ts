import { drawDetails } from './draw-details.ts'
import { drawMontage } from './draw-montage.ts'
import { drawReport } from './draw-report.ts'
import { createPage, pageHeight, pageWidth, turnPage } from './page.ts'
import type { ReportInput } from './report-input.ts'
import { texts } from './texts.ts'

/**
 * The three pages as a PDF of A4 with vector graphics and text that can be selected. The same input
 * gives the same bytes: its times are those of the analysis. Throws like renderReport.
 */
export function renderReportPdf(input: ReportInput): Uint8Array {
  const page = createPage(pageWidth, pageHeight, 'pdf')
  drawReport(page, input)
  turnPage(page)
  drawDetails(page, input)
  turnPage(page)
  drawMontage(page, input)
  const { software, analysedAt } = input
  return page.context.canvas.toBuffer('application/pdf', {
    title: `${texts.title} (${texts.banner})`,
    creator: `${software.name} ${software.version}`,
    creationDate: analysedAt,
    modDate: analysedAt,
  })
}
