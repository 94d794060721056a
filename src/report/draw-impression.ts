import {
  contentWidth,
  countLines,
  drawLine,
  drawParagraph,
  leadingOf,
  type Page,
  pageMargin,
  textStyles,
} from './page.ts'
import { palette } from './palette.ts'
import type { ReportInput } from './report-input.ts'
import { texts } from './texts.ts'

const inset = 18
const linesAtMost = 7

/** The sentences to paste, on a shaded ground; nothing where there are none. Gives the y below. */
export function drawImpression(page: Page, { impression }: ReportInput, top: number): number {
  if (!impression) return top
  const { context } = page
  const style = textStyles.impression
  const width = contentWidth - 2 * inset
  const lines = countLines(page, impression, style, width, linesAtMost)
  const height = 40 + lines * leadingOf(style) + 8
  context.fillStyle = palette.zebra
  context.fillRect(pageMargin, top, contentWidth, height)
  const left = pageMargin + inset
  drawLine(page, texts.impression, textStyles.label, left, top + 26, width)
  drawParagraph(page, impression, style, left, top + 58, width, linesAtMost)
  return top + height + 6
}
