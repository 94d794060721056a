import { drawLegend } from './draw-legend.ts'
import {
  drawOrientationLetters,
  drawOutlines,
  drawScaleBar,
  type Panel,
  paintSlice,
} from './draw-panel.ts'
import { chooseLevels, choosePlanes, type HippocampusView } from './hippocampus-views.ts'
import type { IntensityWindow } from './intensity-window.ts'
import { turnToLongAxis } from './long-axis.ts'
import { contentWidth, drawLine, drawPixels, type Page, pageMargin, textStyles } from './page.ts'
import type { ReportInput } from './report-input.ts'
import { listShownSides } from './shown-sides.ts'
import { texts } from './texts.ts'

const gap = 14
const captionHeight = 34
const rowGap = 8
/** Minimum height of a row; below it, one row of outlined images is drawn instead of two. */
const lowestRow = 180

interface Cell {
  readonly view: HippocampusView
  readonly window: IntensityWindow
  readonly caption: string
  readonly isOutlined: boolean
}

function drawRow(page: Page, cells: readonly Cell[], top: number, height: number): number {
  const width = Math.floor((contentWidth - (cells.length - 1) * gap) / cells.length)
  for (const [index, { view, window, caption, isOutlined }] of cells.entries()) {
    const left = pageMargin + index * (width + gap)
    drawLine(page, caption, textStyles.caption, left, top + 24, width)
    const panel: Panel = { left, top: top + captionHeight, width, height }
    drawPixels(page, paintSlice(view, window, panel), left, panel.top)
    if (isOutlined) {
      drawOutlines(page.context, view, panel, 3)
      drawOrientationLetters(page, view, panel)
      drawScaleBar(page, view, panel)
    }
  }
  return top + captionHeight + height + rowGap
}

/**
 * The images of page 1, within `height` pixels: coronal slices at right angles to the long axes
 * through heads and bodies, with and without outlines; for a single hippocampus also its sagittal
 * slice. Empty if there is no space.
 */
export function drawOblique(page: Page, input: ReportInput, top: number, height: number): void {
  const sides = listShownSides(input)
  const labels = sides.flatMap((side) => side.labels)
  const turned = turnToLongAxis(
    input,
    sides.map((side) => side.labels),
  )
  const rows = height >= 2 * (lowestRow + captionHeight + rowGap) ? 2 : 1
  const room = Math.floor(height / rows) - captionHeight - rowGap
  if (room < lowestRow / 2) return
  const isPair = sides.length > 1
  const columns = isPair ? 2 : 4
  const width = Math.floor((contentWidth - (columns - 1) * gap) / columns)
  const tall = Math.min(room, Math.round(width * (isPair ? 0.6 : 1.1)))
  const levels = chooseLevels({ ...input, ...turned, labels }, width / tall)
  const tilt = texts.images.oblique(Math.round(turned.degrees))
  const cells = levels.views.flatMap((view, index) => {
    const name = texts.images.levels[index]!
    const cell = { view, window: levels.window }
    return [
      { ...cell, caption: isPair ? `${name}, ${tilt}` : name, isOutlined: true },
      { ...cell, caption: isPair ? '' : texts.images.plain, isOutlined: false },
    ]
  })
  const outlined = cells.filter(({ isOutlined }) => isOutlined)
  const right = pageMargin + contentWidth
  if (!isPair) {
    const below = drawRow(page, cells, top, tall)
    const left = top + height - below - captionHeight - rowGap
    if (rows === 1 || left < lowestRow) return
    const wide = (contentWidth - gap) / 2
    const { views, window } = choosePlanes({ ...input, labels }, wide / left)
    const view = views[2]!
    const caption = texts.images.sagittalPlane
    drawRow(
      page,
      [
        { view, window, caption, isOutlined: true },
        { view, window, caption: '', isOutlined: false },
      ],
      below,
      left,
    )
    drawLegend(page, right, below + 22)
    return
  }
  if (rows === 1) {
    drawRow(page, outlined, top, tall)
    return
  }
  const below = drawRow(page, cells.slice(0, 2), top, tall)
  drawRow(page, cells.slice(2), below, tall)
  drawLegend(page, right, top + 22)
}
