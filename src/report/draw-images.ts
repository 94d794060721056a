import {
  drawOrientationLetters,
  drawOutlines,
  drawScaleBar,
  type Panel,
  paintSlice,
} from './draw-panel.ts'
import { formatPosition } from './format-facts.ts'
import type { HippocampusViews } from './hippocampus-views.ts'
import {
  contentWidth,
  drawLine,
  drawPixels,
  type Page,
  pageMargin,
  pageWidth,
  textStyles,
} from './page.ts'

const gap = 16
const captionHeight = 30
const tileGap = 8
const tileCaptionHeight = 22
const axisNames = ['x', 'y', 'z'] as const

/** How many coronal slices the strip holds. */
export const coronalTiles = 8

/** Width of a plane's panel, pixels. */
export const panelWidth = Math.floor((contentWidth - 2 * gap) / 3)

const tileSize = Math.floor((contentWidth - (coronalTiles - 1) * tileGap) / coronalTiles)

/** Height of the strip of coronal slices, pixels. */
export const coronalStripHeight = captionHeight + tileSize + tileCaptionHeight

/** Height of a plane's panel when the planes, with and without outlines, have `room` pixels. */
export function panelHeightFor(room: number): number {
  const height = Math.floor((room - captionHeight - gap / 2) / 2)
  return Math.min(Math.max(height, Math.round(panelWidth * 0.6)), panelWidth)
}

/** The three planes with outlines and, below each, the same slice without. Gives the y below. */
export function drawPlanes(
  page: Page,
  views: HippocampusViews,
  top: number,
  height: number,
): number {
  const imagesTop = top + captionHeight
  for (const [index, view] of views.planes.entries()) {
    const left = pageMargin + index * (panelWidth + gap)
    const where = `${axisNames[view.plane.through]} ${formatPosition(view.position)} mm`
    const name = drawLine(page, view.plane.name, textStyles.strong, left, top + 21)
    drawLine(page, where, textStyles.quiet, left + name + 12, top + 21)
    const panel: Panel = { left, top: imagesTop, width: panelWidth, height }
    const pixels = paintSlice(view, views.window, panel)
    drawPixels(page, pixels, left, imagesTop)
    drawPixels(page, pixels, left, imagesTop + height + gap / 2)
    drawOutlines(page.context, view, panel, 3)
    drawOrientationLetters(page, view, panel)
    drawScaleBar(page, view, panel)
  }
  return imagesTop + 2 * height + gap / 2
}

/** Coronal slices from the front of the hippocampus to its back. Gives the y below. */
export function drawCoronalStrip(page: Page, views: HippocampusViews, top: number): number {
  drawLine(page, 'Coronal, front to back', textStyles.strong, pageMargin, top + 21)
  const note = 'position y in mm under each slice'
  drawLine(page, note, textStyles.small, pageWidth - pageMargin, top + 21, contentWidth, 'right')
  const imagesTop = top + captionHeight
  for (const [index, view] of views.coronals.entries()) {
    const left = pageMargin + index * (tileSize + tileGap)
    const panel: Panel = { left, top: imagesTop, width: tileSize, height: tileSize }
    drawPixels(page, paintSlice(view, views.window, panel), left, imagesTop)
    drawOutlines(page.context, view, panel, 2)
    const middle = left + tileSize / 2
    const where = formatPosition(view.position)
    drawLine(page, where, textStyles.small, middle, imagesTop + tileSize + 18, tileSize, 'center')
  }
  return top + coronalStripHeight
}
