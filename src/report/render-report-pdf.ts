import { researchBanner } from './draw-header.ts'
import { drawReport } from './draw-report.ts'
import { createPage, pageHeight, pageWidth } from './page.ts'
import type { ReportInput } from './report-input.ts'

/**
 * The same page as a PDF of A4 with vector graphics and text that can be selected. The same input gives
 * the same bytes: the times in it are those of the analysis. Throws as renderReport does.
 */
export function renderReportPdf(input: ReportInput): Uint8Array {
  const page = createPage(pageWidth, pageHeight, 'pdf')
  drawReport(page, input)
  const { software, analysedAt } = input
  return page.context.canvas.toBuffer('application/pdf', {
    title: `Hippocampal volume (${researchBanner})`,
    creator: `${software.name} ${software.version}`,
    creationDate: analysedAt,
    modDate: analysedAt,
  })
}
