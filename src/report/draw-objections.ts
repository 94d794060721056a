import type { Objection } from './judge-quality.ts'
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
import { texts } from './texts.ts'

const shownAtMost = 3
const linesEach = 2
const inset = 18
const labelWidth = 124

/** Warnings and rejections, each with its label; empty if there are none. Returns the y below. */
export function drawObjections(page: Page, objections: readonly Objection[], top: number): number {
  if (objections.length === 0) return top
  const { context } = page
  const width = contentWidth - 2 * inset - labelWidth
  const leading = leadingOf(textStyles.notice)
  const shown = objections.slice(0, objections.length > shownAtMost ? shownAtMost - 1 : shownAtMost)
  const rest = objections.length - shown.length
  const rows = [
    ...shown,
    ...(rest > 0 ? [{ verdict: undefined, sentence: texts.trust.more(rest) }] : []),
  ].map((row) => ({
    ...row,
    lines: Math.max(1, countLines(page, row.sentence, textStyles.notice, width, linesEach)),
  }))
  const height = rows.reduce((sum, { lines }) => sum + lines, 0) * leading + 14
  const isRejected = objections.some(({ verdict }) => verdict === 'rejected')
  context.fillStyle = isRejected ? palette.rejected : palette.warning
  context.fillRect(pageMargin, top, contentWidth, height)
  context.fillStyle = isRejected ? palette.rejectedEdge : palette.warningEdge
  context.fillRect(pageMargin, top, 6, height)
  let y = top + 7 + 20
  for (const { verdict, sentence, lines } of rows) {
    if (verdict !== undefined) {
      drawLine(
        page,
        texts.verdicts[verdict],
        textStyles.noticeStrong,
        pageMargin + inset,
        y,
        labelWidth,
      )
    }
    const left = pageMargin + inset + labelWidth
    drawParagraph(page, sentence, textStyles.notice, left, y, width, linesEach)
    y += lines * leading
  }
  return top + height
}
