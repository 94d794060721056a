import { drawReport } from './draw-report.ts'
import { encodePng } from './encode-png.ts'
import { createPage, pageHeight, pageWidth } from './page.ts'
import { readRgb } from './read-rgb.ts'
import type { ReportImage, ReportInput } from './report-input.ts'

/**
 * The report as pixels: one portrait page of 1240 x 1754. The same input gives the same bytes. Throws
 * REPORT_FAILED when volume and label map do not lie on one grid.
 */
export function renderReport(input: ReportInput): ReportImage {
  const page = createPage(pageWidth, pageHeight)
  drawReport(page, input)
  const rgb = readRgb(page.context.canvas)
  return { width: pageWidth, height: pageHeight, rgb, png: encodePng(rgb, pageWidth, pageHeight) }
}
