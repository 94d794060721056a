import { nameSeries } from './draw-sources.ts'
import { countLines, drawLine, drawParagraph, leadingOf, type Page, textStyles } from './page.ts'
import type { ReportInput } from './report-input.ts'
import { texts } from './texts.ts'

const style = textStyles.note
const leading = leadingOf(style)
const linesEach = 2

/**
 * The measured series and why it was selected, then the others and why not, as many as fit above
 * `bottom`.
 */
export function drawSeries(
  page: Page,
  { series, otherSeries }: ReportInput,
  left: number,
  top: number,
  width: number,
  bottom: number,
): void {
  const { sources } = texts
  const images = sources.images(series.instanceCount)
  const scanner = series.scanner?.trim()
  const facts = [nameSeries(series.number, series.description), images, scanner]
  drawLine(page, sources.series, textStyles.strong, left, top + 16, width)
  let y = top + 40
  drawLine(page, facts.filter(Boolean).join(' \u00b7 '), style, left, y, width)
  y = drawParagraph(page, series.sentence, style, left, y + leading, width, linesEach) + 8
  drawLine(page, sources.otherSeries, textStyles.strong, left, y, width)
  y += 26
  if (otherSeries.length === 0) drawLine(page, sources.noOtherSeries, style, left, y, width)
  for (const [index, { number, description, sentence }] of otherSeries.entries()) {
    const text = `${nameSeries(number, description)}: ${sentence}`
    const lines = countLines(page, text, style, width, linesEach)
    const isLast = index === otherSeries.length - 1
    if (y + (lines - 1) * leading > (isLast ? bottom : bottom - leading)) {
      drawLine(page, sources.more(otherSeries.length - index), style, left, y, width)
      return
    }
    y = drawParagraph(page, text, style, left, y, width, linesEach)
  }
}
