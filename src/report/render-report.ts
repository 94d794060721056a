import { drawDetails } from './draw-details.ts'
import { drawMontage } from './draw-montage.ts'
import { drawReport } from './draw-report.ts'
import { encodePng } from './encode-png.ts'
import { createPage, type Page, pageHeight, pageWidth } from './page.ts'
import { readRgb } from './read-rgb.ts'
import type { ReportImage, ReportInput } from './report-input.ts'

function render(draw: (page: Page) => void): ReportImage {
  const page = createPage(pageWidth, pageHeight)
  draw(page)
  const { canvas } = page.context
  const rgb = readRgb(canvas)
  // Frees its pixels, nine megabytes, now instead of at the next garbage collection.
  canvas.width = 1
  canvas.height = 1
  return {
    width: pageWidth,
    height: pageHeight,
    rgb,
    toPng: () => encodePng(rgb, pageWidth, pageHeight),
  }
}

/**
 * The first page as pixels: one portrait page of 1240 x 1754. The same input gives the same bytes.
 * Throws REPORT_FAILED if volume and label map are not on one grid.
 */
export function renderReport(input: ReportInput): ReportImage {
  return render((page) => drawReport(page, input))
}

/**
 * The second page as pixels, of the same size: figures, planes and sources. Throws like
 * renderReport.
 */
export function renderDetails(input: ReportInput): ReportImage {
  return render((page) => drawDetails(page, input))
}

/**
 * The third page as pixels, of the same size: the outlines slice by slice. Throws like
 * renderReport.
 */
export function renderMontage(input: ReportInput): ReportImage {
  return render((page) => drawMontage(page, input))
}
