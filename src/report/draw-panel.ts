import { type CanvasRenderingContext2D, createImageData } from 'canvas'
import { drawContours } from './draw-contours.ts'
import { enlargeSlice } from './enlarge-slice.ts'
import type { HippocampusView } from './hippocampus-views.ts'
import type { IntensityWindow } from './intensity-window.ts'
import { type Page, textStyles, useStyle } from './page.ts'
import { palette } from './palette.ts'
import { opposite, orientationLetter } from './patient-planes.ts'

/** Where a view is drawn, whole pixels; its proportions are those of the view's field. */
export interface Panel {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Draws the pixels of a view; gives pixels per millimetre. */
export function drawSlice(
  context: CanvasRenderingContext2D,
  view: HippocampusView,
  window: IntensityWindow,
  { left, top, width, height }: Panel,
): number {
  const pixelsPerMm = height / view.field.downSide
  const rgba = enlargeSlice(view.slice, window, width, height, pixelsPerMm)
  context.putImageData(createImageData(rgba, width, height), left, top)
  return pixelsPerMm
}

/** Draws a view with its outlines, cut at the panel's edge. */
export function drawOutlinedSlice(
  context: CanvasRenderingContext2D,
  view: HippocampusView,
  window: IntensityWindow,
  panel: Panel,
  lineWidth: number,
): number {
  const pixelsPerMm = drawSlice(context, view, window, panel)
  context.save()
  context.beginPath()
  context.rect(panel.left, panel.top, panel.width, panel.height)
  context.clip()
  drawContours(context, view.slice, { ...panel, pixelsPerMm }, lineWidth)
  context.restore()
  return pixelsPerMm
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
export function drawScaleBar(
  page: Page,
  view: HippocampusView,
  { left, top, width, height }: Panel,
  pixelsPerMm: number,
): void {
  const { context } = page
  const millimetres = scaleBarLength(view.field.acrossSide)
  const length = Math.round(millimetres * pixelsPerMm)
  const right = left + width - 14
  const y = top + height - 16
  context.fillStyle = palette.panel
  context.fillRect(right - length - 2, y - 2, length + 4, 8)
  context.fillStyle = palette.onPanel
  context.fillRect(right - length, y, length, 4)
  drawOnSlice(page, `${millimetres} mm`, right - length / 2, y - 15)
}
