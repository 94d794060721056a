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
/** Line height in the smaller type of a long impression. */
const smallLinesAtMost = 9

/**
 * The sentences to paste, on a shaded background; empty without an impression. Returns the y below.
 * Long ones are set in smaller type, so that the last sentence with the limits is not cut off.
 */
export function drawImpression(page: Page, { impression }: ReportInput, top: number): number {
  if (!impression) return top
  const { context } = page
  const width = contentWidth - 2 * inset
  const isLong =
    countLines(page, impression, textStyles.impression, width, linesAtMost + 1) > linesAtMost
  const style = isLong ? textStyles.longImpression : textStyles.impression
  const most = isLong ? smallLinesAtMost : linesAtMost
  const lines = countLines(page, impression, style, width, most)
  const height = 40 + lines * leadingOf(style) + 8
  context.fillStyle = palette.zebra
  context.fillRect(pageMargin, top, contentWidth, height)
  const left = pageMargin + inset
  drawLine(page, texts.impression, textStyles.label, left, top + 26, width)
  drawParagraph(page, impression, style, left, top + 58, width, most)
  return top + height + 6
}
