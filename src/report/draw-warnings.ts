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

const shownAtMost = 3
const linesEach = 2
const inset = 18
const labelWidth = 110

/** Warnings in a box of their own; nothing when there are none. Gives the y below. */
export function drawWarnings(page: Page, warnings: readonly string[], top: number): number {
  if (warnings.length === 0) return top
  const { context } = page
  const width = contentWidth - 2 * inset - labelWidth
  const shown = warnings.slice(0, warnings.length > shownAtMost ? shownAtMost - 1 : shownAtMost)
  const rest = warnings.length - shown.length
  const sentences = rest > 0 ? [...shown, `+ ${rest} more in the results of the job`] : shown
  const leading = leadingOf(textStyles.body)
  const lines = sentences.map((text) =>
    Math.max(1, countLines(page, text, textStyles.body, width, linesEach)),
  )
  const height = lines.reduce((sum, count) => sum + count, 0) * leading + 16
  context.fillStyle = palette.warning
  context.fillRect(pageMargin, top, contentWidth, height)
  context.fillStyle = palette.warningEdge
  context.fillRect(pageMargin, top, 6, height)
  let y = top + 8 + 17
  const label = warnings.length === 1 ? 'Warning' : 'Warnings'
  drawLine(page, label, textStyles.strong, pageMargin + inset, y, labelWidth)
  for (const [index, sentence] of sentences.entries()) {
    const left = pageMargin + inset + labelWidth
    drawParagraph(page, sentence, textStyles.body, left, y, width, linesEach)
    y += lines[index]! * leading
  }
  return top + height
}
