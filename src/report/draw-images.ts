import {
  drawOrientationLetters,
  drawOutlines,
  drawScaleBar,
  type Panel,
  paintSlice,
} from './draw-panel.ts'
import { formatPosition } from './format-facts.ts'
import { choosePlanes, type HippocampusView } from './hippocampus-views.ts'
import type { IntensityWindow } from './intensity-window.ts'
import { contentWidth, drawLine, drawPixels, type Page, pageMargin, textStyles } from './page.ts'
import type { ReportInput } from './report-input.ts'
import { listShownSides } from './shown-sides.ts'
import { texts } from './texts.ts'

const gap = 14
const pairGap = 4
const captionHeight = 26
const rowGap = 6
const axisNames = ['x', 'y', 'z'] as const

/** Width of a plane, and of one of a pair with and without outlines, pixels. */
const wideWidth = Math.floor((contentWidth - 2 * gap) / 3)
const pairWidth = Math.floor((wideWidth - pairGap) / 2)
/** Rows of two sides higher than this show one wide panel per plane instead of a pair. */
const pairsUpTo = 270

/** Layout of a side's panels: the plain panel next to the outlined one, below it, or omitted. */
interface Layout {
  readonly width: number
  readonly height: number
  readonly plain: 'beside' | 'below' | 'none'
}

function chooseLayout(sides: number, height: number): Layout {
  const rows = sides === 1 ? 2 : sides
  const captions = sides === 1 ? 1 : sides
  const room = Math.floor((height - captions * captionHeight - rows * rowGap) / rows)
  if (sides === 1) return { width: wideWidth, height: limitHeight(room, wideWidth), plain: 'below' }
  return room > pairsUpTo
    ? { width: wideWidth, height: limitHeight(room, wideWidth), plain: 'none' }
    : { width: pairWidth, height: limitHeight(room, pairWidth, 1.3), plain: 'beside' }
}

const limitHeight = (room: number, width: number, tallest = 1) =>
  Math.min(Math.max(room, Math.round(width * 0.6)), Math.round(width * tallest))

function drawView(
  page: Page,
  view: HippocampusView,
  window: IntensityWindow,
  left: number,
  top: number,
  { width, height, plain }: Layout,
): void {
  const panel: Panel = { left, top, width, height }
  const pixels = paintSlice(view, window, panel)
  drawPixels(page, pixels, left, top)
  if (plain === 'below') drawPixels(page, pixels, left, top + height + rowGap)
  if (plain === 'beside') drawPixels(page, pixels, left + width + pairGap, top)
  drawOutlines(page.context, view, panel, plain === 'beside' ? 2.5 : 3)
  drawOrientationLetters(page, view, panel)
  drawScaleBar(page, view, panel)
}

/**
 * Three planes through each hippocampus with and without outlines, one row per side. The rows share
 * `height` pixels. Returns the y below.
 */
export function drawImages(page: Page, input: ReportInput, top: number, height: number): number {
  const sides = listShownSides(input)
  const layout = chooseLayout(sides.length, height)
  let y = top
  for (const { side, labels } of sides) {
    const { views, window } = choosePlanes({ ...input, labels }, layout.width / layout.height)
    for (const [index, view] of views.entries()) {
      const left = pageMargin + index * (wideWidth + gap)
      const sideName = side === 'unknown' ? '' : `${texts.sides[side]}, `
      const name = `${sideName}${view.plane.name.toLowerCase()}`
      const title = name[0]!.toUpperCase() + name.slice(1)
      const where = `${axisNames[view.plane.through]} ${formatPosition(view.position)} mm`
      const width = drawLine(page, title, textStyles.strong, left, y + 19)
      drawLine(page, where, textStyles.quiet, left + width + 12, y + 19)
      drawView(page, view, window, left, y + captionHeight, layout)
    }
    y += captionHeight + (layout.plain === 'below' ? 2 : 1) * (layout.height + rowGap)
  }
  return y
}
