import {
  contentWidth,
  drawLine,
  drawRule,
  type Page,
  pageMargin,
  pageWidth,
  textStyles,
} from './page.ts'
import { palette } from './palette.ts'
import type { ReportInput } from './report-input.ts'

/** What every page and every capture of it must say. */
export const researchBanner = 'RESEARCH USE ONLY \u2013 not for diagnosis'

const bannerHeight = 42

/** Product, title and banner. Gives the y below them. */
export function drawHeader(page: Page, { software }: ReportInput): number {
  drawLine(page, software.name, textStyles.product, pageMargin, 72, contentWidth / 2)
  const right = pageWidth - pageMargin
  drawLine(page, 'Hippocampal volume', textStyles.title, right, 72, contentWidth / 2, 'right')
  const { context } = page
  context.fillStyle = palette.banner
  context.fillRect(pageMargin, 90, contentWidth, bannerHeight)
  const middle = pageWidth / 2
  drawLine(page, researchBanner, textStyles.banner, middle, 119, contentWidth, 'center')
  return 90 + bannerHeight
}

/** Limits in small print at the foot of the page. */
export function drawFooter(page: Page, top: number, lines: readonly string[]): void {
  drawRule(page, top)
  for (const [index, line] of lines.entries()) {
    drawLine(page, line, textStyles.small, pageMargin, top + 24 + index * 20)
  }
}
