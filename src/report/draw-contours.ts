import type { CanvasRenderingContext2D } from 'canvas'
import { palette, regionStyles } from './palette.ts'
import type { SampledSlice } from './sample-slice.ts'
import { smoothContour } from './smooth-contour.ts'
import { type Contour, type ContourPoint, traceContours } from './trace-contours.ts'

/** Position of a sampled slice on the canvas. */
export interface SlicePlacement {
  readonly left: number
  readonly top: number
  readonly pixelsPerMm: number
}

function tracePath(
  context: CanvasRenderingContext2D,
  contour: Contour,
  toPixel: (point: ContourPoint) => ContourPoint,
): void {
  const corners = contour.map(toPixel)
  const middle = (one: ContourPoint, other: ContourPoint): ContourPoint => [
    (one[0] + other[0]) / 2,
    (one[1] + other[1]) / 2,
  ]
  const start = middle(corners.at(-1)!, corners[0]!)
  context.moveTo(start[0], start[1])
  for (const [index, corner] of corners.entries()) {
    const end = middle(corner, corners[(index + 1) % corners.length]!)
    context.quadraticCurveTo(corner[0], corner[1], end[0], end[1])
  }
  context.closePath()
}

/**
 * Draws the outline of each region. The line is inside the region with its outer edge on the
 * border, so that lines of adjacent regions are next to each other and neither hides the other. A
 * thin dark edge separates it from bright tissue.
 */
export function drawContours(
  context: CanvasRenderingContext2D,
  slice: SampledSlice,
  { left, top, pixelsPerMm }: SlicePlacement,
  lineWidth: number,
): void {
  const toPixel = ([column, row]: ContourPoint): ContourPoint => [
    left + (slice.firstAcross + column * slice.acrossStep) * pixelsPerMm,
    top + (slice.firstDown + row * slice.downStep) * pixelsPerMm,
  ]
  for (const [index, { color, dash }] of regionStyles.entries()) {
    const share = slice.shares[index as 0 | 1]
    const contours = traceContours(share, slice.columns, slice.rows, 0.5)
    if (contours.length === 0) continue
    context.save()
    context.beginPath()
    for (const contour of contours) tracePath(context, smoothContour(contour), toPixel)
    context.strokeStyle = palette.outlineEdge
    context.lineWidth = 3
    context.stroke()
    context.clip('evenodd')
    context.strokeStyle = color
    context.lineWidth = 2 * lineWidth
    context.setLineDash([...dash])
    context.stroke()
    context.restore()
  }
}
