import {
  contentWidth,
  drawLine,
  drawRule,
  type Page,
  pageHeight,
  pageMargin,
  pageWidth,
  textStyles,
} from './page.ts'
import { palette } from './palette.ts'
import type { ReportInput } from './report-input.ts'
import { texts } from './texts.ts'

const bannerHeight = 40
const footerLine = 19

/** Where the footer begins, pixels from the top of the page. */
export const footerTop = pageHeight - 66

/** Product, title and banner. Gives the y below them. */
export function drawHeader(page: Page, { software }: ReportInput, title: string): number {
  drawLine(page, software.name, textStyles.product, pageMargin, 66, contentWidth / 2)
  const right = pageWidth - pageMargin
  drawLine(page, title, textStyles.title, right, 66, contentWidth * 0.6, 'right')
  const { context } = page
  context.fillStyle = palette.banner
  context.fillRect(pageMargin, 82, contentWidth, bannerHeight)
  drawLine(page, texts.banner, textStyles.banner, pageWidth / 2, 110, contentWidth, 'center')
  return 82 + bannerHeight
}

/** Limits in small print at the foot of the page, and its number. */
export function drawFooter(page: Page, lines: readonly string[], number: 1 | 2): void {
  drawRule(page, footerTop)
  for (const [index, line] of lines.entries()) {
    const width = index === lines.length - 1 ? contentWidth - 120 : contentWidth
    drawLine(page, line, textStyles.fine, pageMargin, footerTop + 20 + index * footerLine, width)
  }
  const right = pageWidth - pageMargin
  const last = footerTop + 20 + (lines.length - 1) * footerLine
  drawLine(page, texts.pageOf(number, 2), textStyles.fine, right, last, 120, 'right')
}
