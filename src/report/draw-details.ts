import { drawFooter, drawHeader, footerTop } from './draw-header.ts'
import { drawImages } from './draw-images.ts'
import { explainNomograms } from './draw-normality.ts'
import { checkGrids } from './draw-report.ts'
import { drawSeries } from './draw-series.ts'
import { drawSources } from './draw-sources.ts'
import { drawStudyFacts } from './draw-study-facts.ts'
import { drawSymmetryNotes } from './draw-symmetry.ts'
import { drawVolumeTable, volumeTableWidth } from './draw-volume-table.ts'
import { judgeQuality } from './judge-quality.ts'
import {
  contentWidth,
  drawLine,
  drawParagraph,
  drawRule,
  type Page,
  pageMargin,
  textStyles,
} from './page.ts'
import type { ReportInput } from './report-input.ts'
import { texts } from './texts.ts'

const columnGap = 36
const columnWidth = (contentWidth - columnGap) / 2
const rightColumn = pageMargin + columnWidth + columnGap
const imagesHeight = 560

/**
 * Figures that page 1 omits: parts, z-scores, and notes on plots and limits. Returns the y below.
 */
function drawFigures(page: Page, input: ReportInput, top: number): number {
  const isWithheld = judgeQuality(input).verdict === 'rejected'
  if (input.volumes.length === 0 || isWithheld) return top
  const tableBottom = drawVolumeTable(page, input, pageMargin, top)
  const left = pageMargin + volumeTableWidth(input.volumes.length) + columnGap
  const width = pageMargin + contentWidth - left
  let y = top + 18
  const tell = (heading: string, draw: (top: number) => number) => {
    drawLine(page, heading, textStyles.strong, left, y, width)
    y = draw(y + 24) + 16
  }
  const bands = explainNomograms(input)
  if (bands !== undefined) {
    tell(texts.questions.normal, (at) =>
      drawParagraph(page, bands, textStyles.note, left, at, width, 6),
    )
  }
  if (input.asymmetry !== undefined) {
    tell(texts.questions.symmetric, (at) => drawSymmetryNotes(page, input, left, at, width))
  }
  return Math.max(tableBottom, y)
}

/**
 * Draws the second page: all figures, three planes through each hippocampus with and without
 * outlines, and sources. Throws like drawReport.
 */
export function drawDetails(page: Page, input: ReportInput): void {
  checkGrids(input)
  let y = drawHeader(page, input, texts.detailsTitle)
  y = drawStudyFacts(page, input, y) + 8
  y = drawFigures(page, input, y)
  y = drawImages(page, input, y, imagesHeight) + 10
  drawRule(page, y)
  drawSeries(page, input, pageMargin, y + 8, columnWidth, footerTop - 12)
  drawSources(page, input, rightColumn, y + 8, columnWidth, footerTop - 12)
  drawFooter(page, texts.limits, 2)
}
