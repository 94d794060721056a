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

const bannerTop = 100
const bannerHeight = 48
const footerLine = 22

/** Top of the footer, pixels from the top of the page. */
export const footerTop = pageHeight - 66

/**
 * Product and title on the right, the banner below them. The upper left corner stays empty: viewers
 * write date and series there, over the page. Returns the y below.
 */
export function drawHeader(page: Page, { software }: ReportInput, title: string): number {
  const right = pageWidth - pageMargin
  const room = contentWidth / 2
  drawLine(page, software.name, textStyles.product, right, 50, room, 'right')
  drawLine(page, title, textStyles.title, right, 84, room, 'right')
  const { context } = page
  context.fillStyle = palette.banner
  context.fillRect(pageMargin, bannerTop, contentWidth, bannerHeight)
  drawLine(
    page,
    texts.banner,
    textStyles.banner,
    pageWidth / 2,
    bannerTop + 34,
    contentWidth,
    'center',
  )
  return bannerTop + bannerHeight
}

/** Limits in small print at the foot of the page, away from its corners, and the page number. */
export function drawFooter(page: Page, lines: readonly string[], number: 1 | 2 | 3): void {
  drawRule(page, footerTop)
  const middle = pageWidth / 2
  const numbered = [...lines.slice(0, -1), `${lines.at(-1)!} ${texts.pageOf(number, 3)}`]
  for (const [index, line] of numbered.entries()) {
    const y = footerTop + 24 + index * footerLine
    drawLine(page, line, textStyles.note, middle, y, contentWidth, 'center')
  }
}
