import { type CanvasRenderingContext2D, createImageData, type ImageData } from 'canvas'
import { drawContours } from './draw-contours.ts'
import { enlargeSlice } from './enlarge-slice.ts'
import type { HippocampusView } from './hippocampus-views.ts'
import type { IntensityWindow } from './intensity-window.ts'
import { type Page, textStyles, useStyle } from './page.ts'
import { palette } from './palette.ts'
import { opposite, orientationLetter } from './patient-planes.ts'

/** Position of a view, whole pixels, with the proportions of the view's field. */
export interface Panel {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

function pixelsPerMm(view: HippocampusView, { height }: Pick<Panel, 'height'>): number {
  return height / view.field.downSide
}

/** The pixels of a view scaled to a panel. */
export function paintSlice(
  view: HippocampusView,
  window: IntensityWindow,
  { width, height }: Pick<Panel, 'width' | 'height'>,
): ImageData {
  const scale = pixelsPerMm(view, { height })
  const rgba = enlargeSlice(view.slice, window, width, height, scale)
  return createImageData(rgba, width, height)
}

/** Draws the outlines of a view, clipped at the panel's edge. */
export function drawOutlines(
  context: CanvasRenderingContext2D,
  view: HippocampusView,
  panel: Panel,
  lineWidth: number,
): void {
  context.save()
  context.beginPath()
  context.rect(panel.left, panel.top, panel.width, panel.height)
  context.clip()
  const placement = { left: panel.left, top: panel.top, pixelsPerMm: pixelsPerMm(view, panel) }
  drawContours(context, view.slice, placement, lineWidth)
  context.restore()
}

/** White text with a dark edge, readable on any grey. `x`, `y` are the middle of the text. */
function drawOnSlice(page: Page, text: string, x: number, y: number): void {
  const measure = useStyle(page, textStyles.letter)
  const { context } = page
  const left = Math.round(x - measure(text) / 2)
  const baseline = Math.round(y + textStyles.letter.size * 0.36)
  context.lineJoin = 'round'
  context.lineWidth = 4
  context.strokeStyle = palette.panel
  context.strokeText(text, left, baseline)
  context.fillText(text, left, baseline)
}

/** Letters of the patient's sides at the middle of each edge. */
export function drawOrientationLetters(
  page: Page,
  { plane }: HippocampusView,
  { left, top, width, height }: Panel,
): void {
  const inset = 16
  const middle = top + height / 2
  const centre = left + width / 2
  drawOnSlice(page, orientationLetter(opposite(plane.across)), left + inset, middle)
  drawOnSlice(page, orientationLetter(plane.across), left + width - inset, middle)
  drawOnSlice(page, orientationLetter(opposite(plane.down)), centre, top + inset)
  drawOnSlice(page, orientationLetter(plane.down), centre, top + height - inset)
}

/** Length of the scale bar: the longest usual length within a third of the side, millimetres. */
export function scaleBarLength(side: number): number {
  return [100, 50, 20, 10, 5, 2, 1].find((length) => length <= side / 3) ?? 1
}

/** A bar of a round number of millimetres in the lower right corner. */
export function drawScaleBar(page: Page, view: HippocampusView, panel: Panel): void {
  const { context } = page
  const { left, top, width, height } = panel
  const millimetres = scaleBarLength(view.field.acrossSide)
  const length = Math.round(millimetres * pixelsPerMm(view, panel))
  const right = left + width - 14
  const y = top + height - 16
  context.fillStyle = palette.panel
  context.fillRect(right - length - 2, y - 2, length + 4, 8)
  context.fillStyle = palette.onPanel
  context.fillRect(right - length, y, length, 4)
  const text = `${millimetres} mm`
  const half = useStyle(page, textStyles.letter)(text) / 2
  drawOnSlice(page, text, Math.min(right - length / 2, left + width - half - 5), y - 15)
}
