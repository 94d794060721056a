import { nameSeries } from './draw-measured-series.ts'
import { countLines, drawLine, drawParagraph, leadingOf, type Page, textStyles } from './page.ts'
import type { ReportInput } from './report-input.ts'

const firstBaseline = 50
const entryGap = 6
const linesEach = 2
/** As many entries as the page makes room for; more are shown only where room is left over. */
const roomForEntries = 3

const { body: nameStyle, small: sentenceStyle } = textStyles

type OtherSeries = ReportInput['otherSeries'][number]

function entryHeight(page: Page, series: OtherSeries, width: number): number {
  const lines = countLines(page, series.sentence, sentenceStyle, width, linesEach)
  return leadingOf(nameStyle) + lines * leadingOf(sentenceStyle) + entryGap
}

/** Height that a short list takes, pixels. */
export function measureOtherSeries(
  page: Page,
  { otherSeries }: ReportInput,
  width: number,
): number {
  const entries = otherSeries.slice(0, roomForEntries)
  const height = entries.reduce((sum, series) => sum + entryHeight(page, series, width), 0)
  const more = otherSeries.length > entries.length ? leadingOf(nameStyle) : 0
  return firstBaseline + Math.max(0, height + more - leadingOf(nameStyle))
}

/** The other series with why each was not used, as many as fit; then how many more there are. */
export function drawOtherSeries(
  page: Page,
  { otherSeries }: ReportInput,
  left: number,
  top: number,
  width: number,
  bottom: number,
): void {
  drawLine(page, 'Other series of the study', textStyles.heading, left, top + 22, width)
  let y = top + firstBaseline
  if (otherSeries.length === 0) {
    drawLine(page, 'None.', textStyles.quiet, left, y, width)
    return
  }
  for (const [index, series] of otherSeries.entries()) {
    const height = entryHeight(page, series, width)
    const lastBaseline = y + height - entryGap - leadingOf(nameStyle)
    const isLast = index === otherSeries.length - 1
    if (lastBaseline > (isLast ? bottom : bottom - leadingOf(nameStyle) - entryGap)) {
      const rest = otherSeries.length - index
      drawLine(page, `+ ${rest} more in the results of the job`, textStyles.quiet, left, y, width)
      return
    }
    drawLine(page, nameSeries(series.number, series.description), nameStyle, left, y, width)
    const sentenceY = y + leadingOf(sentenceStyle)
    drawParagraph(page, series.sentence, sentenceStyle, left, sentenceY, width, linesEach)
    y += height
  }
}
