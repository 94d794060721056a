import { drawLine, drawParagraph, type Page, textStyles } from './page.ts'
import type { ReportInput } from './report-input.ts'

/** A series by its number and description, as lists of series name it. */
export function nameSeries(number: number | undefined, description: string | undefined): string {
  const text = description?.trim() ? description.trim() : '(no description)'
  return number === undefined ? text : `${number} \u00b7 ${text}`
}

/** The series that was measured, and why. Gives the y below. */
export function drawMeasuredSeries(
  page: Page,
  { series }: ReportInput,
  left: number,
  top: number,
  width: number,
): number {
  drawLine(page, 'Measured series', textStyles.heading, left, top + 22, width)
  drawLine(
    page,
    nameSeries(series.number, series.description),
    textStyles.strong,
    left,
    top + 52,
    width,
  )
  const images = `${series.instanceCount} ${series.instanceCount === 1 ? 'image' : 'images'}`
  const facts = [images, series.scanner?.trim()].filter(Boolean).join(' \u00b7 ')
  const y = drawParagraph(page, facts, textStyles.quiet, left, top + 76, width, 2)
  return drawParagraph(page, series.sentence, textStyles.body, left, y + 4, width, 3) - 12
}
