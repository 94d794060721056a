import { drawFooter, drawHeader, footerTop } from './draw-header.ts'
import { drawLegend } from './draw-legend.ts'
import { drawOutlines, type Panel, paintSlice } from './draw-panel.ts'
import { checkGrids } from './draw-report.ts'
import { drawStudyFacts } from './draw-study-facts.ts'
import { formatPosition } from './format-facts.ts'
import { chooseMontage, type HippocampusViews } from './hippocampus-views.ts'
import {
  contentWidth,
  drawLine,
  drawPixels,
  type Page,
  pageMargin,
  pageWidth,
  textStyles,
} from './page.ts'
import type { ReportInput } from './report-input.ts'
import { listShownSides } from './shown-sides.ts'
import { texts } from './texts.ts'

const columns = 7
const gap = 6
const tileWidth = Math.floor((contentWidth - (columns - 1) * gap) / columns)
const captionHeight = 26
const positionHeight = 22

/** Rows of tiles per side: pairs of coronal rows, with and without outlines, and sagittal ones. */
interface RowPlan {
  readonly coronalPairs: number
  readonly hasPlainSagittal: boolean
}

function planRows(sides: number): RowPlan {
  return sides === 1
    ? { coronalPairs: 3, hasPlainSagittal: true }
    : { coronalPairs: 2, hasPlainSagittal: false }
}

/** Draws a row of slices with outlines and, at `plainTop` if given, the same ones without. */
function drawRow(
  page: Page,
  { views, window }: HippocampusViews,
  from: number,
  top: number,
  height: number,
  plainTop: number | undefined,
): void {
  for (const [index, view] of views.slice(from, from + columns).entries()) {
    const left = pageMargin + index * (tileWidth + gap)
    const panel: Panel = { left, top, width: tileWidth, height }
    const pixels = paintSlice(view, window, panel)
    drawPixels(page, pixels, left, top)
    if (plainTop !== undefined) drawPixels(page, pixels, left, plainTop)
    drawOutlines(page.context, view, panel, 2)
    const middle = left + tileWidth / 2
    const where = formatPosition(view.position)
    drawLine(page, where, textStyles.tick, middle, top - 5, tileWidth, 'center')
  }
}

/**
 * Draws the third page: slices through the whole of each hippocampus, with and without outlines,
 * for checking the outline slice by slice. Throws like drawReport.
 */
export function drawMontage(page: Page, input: ReportInput): void {
  checkGrids(input)
  let y = drawHeader(page, input, texts.montageTitle)
  y = drawStudyFacts(page, input, y) + 4
  const sides = listShownSides(input)
  const { coronalPairs, hasPlainSagittal } = planRows(sides.length)
  const sagittalRows = hasPlainSagittal ? 2 : 1
  const tileRows = coronalPairs * 2 + sagittalRows
  const labels = coronalPairs + 1
  const room = (footerTop - 12 - y) / sides.length
  const free = room - 2 * captionHeight - labels * positionHeight - (tileRows + 2) * gap
  const height = Math.min(Math.floor(free / tileRows), tileWidth)
  drawLegend(page, pageWidth - pageMargin, y + 18)
  for (const { side, labels: values } of sides) {
    const source = { ...input, labels: values }
    const name = side === 'unknown' ? '' : `${texts.sides[side]}: `
    const title = (text: string) => {
      const shown = name === '' ? text : `${name}${text[0]!.toLowerCase()}${text.slice(1)}`
      drawLine(page, shown, textStyles.strong, pageMargin, y + 18)
      y += captionHeight
    }
    title(`${texts.images.coronal}, ${texts.images.positions}`)
    const coronal = chooseMontage(source, 'coronal', coronalPairs * columns, tileWidth / height)
    for (let pair = 0; pair < coronalPairs; pair += 1) {
      y += positionHeight
      drawRow(page, coronal, pair * columns, y, height, y + height + gap / 2)
      y += 2 * height + gap
    }
    title(texts.images.sagittal)
    y += positionHeight
    const sagittal = chooseMontage(source, 'sagittal', columns, tileWidth / height)
    const plainTop = hasPlainSagittal ? y + height + gap / 2 : undefined
    drawRow(page, sagittal, 0, y, height, plainTop)
    y += sagittalRows * (height + gap / 2) + gap
  }
  drawFooter(page, texts.montageLimits, 3)
}
