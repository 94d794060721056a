import { drawLine, type Page, textStyles } from './page.ts'
import { palette } from './palette.ts'
import {
  type AxisRange,
  chooseTicks,
  clipTo,
  drawFrame,
  drawMark,
  drawXTicks,
  drawYTicks,
  makePlot,
  type Plot,
} from './plot-axes.ts'

export interface ScatterPoint {
  readonly x: number
  readonly y: number
  readonly kind: 'disc' | 'square'
}

/** A panel of points with curves behind them. */
export interface Scatter {
  readonly title: string
  readonly xName: string
  readonly points: readonly ScatterPoint[]
  /** Each a list of x and y. */
  readonly lines: readonly {
    readonly points: readonly { readonly x: number; readonly y: number }[]
    readonly isDashed?: boolean
  }[]
  /** A shaded area between two curves. */
  readonly band?: readonly { readonly x: number; readonly low: number; readonly high: number }[]
  readonly x: AxisRange
  readonly y: AxisRange
  readonly formatX: (value: number) => string
  readonly formatY: (value: number) => string
}

function drawBand({ context }: Page, plot: Plot, band: NonNullable<Scatter['band']>): void {
  context.beginPath()
  for (const { x, high } of band) context.lineTo(plot.xOf(x), plot.yOf(high))
  for (const { x, low } of band.toReversed()) context.lineTo(plot.xOf(x), plot.yOf(low))
  context.closePath()
  context.fillStyle = palette.bandMiddle
  context.fill()
}

function drawCurve(
  { context }: Page,
  plot: Plot,
  { points, isDashed = false }: Scatter['lines'][number],
) {
  context.save()
  context.setLineDash(isDashed ? [7, 5] : [])
  context.lineWidth = 2
  context.strokeStyle = palette.bandMedian
  context.beginPath()
  for (const { x, y } of points) context.lineTo(plot.xOf(x), plot.yOf(y))
  context.stroke()
  context.restore()
}

/** Draws a panel into a frame that has room for its scale on the left and below. */
export function drawScatter(
  page: Page,
  scatter: Scatter,
  frame: {
    readonly left: number
    readonly top: number
    readonly width: number
    readonly height: number
  },
): void {
  const plot = makePlot(frame, scatter.x, scatter.y)
  clipTo(page, plot, () => {
    if (scatter.band) drawBand(page, plot, scatter.band)
    for (const line of scatter.lines) drawCurve(page, plot, line)
    for (const { x, y, kind } of scatter.points) {
      drawMark(page, plot.xOf(x), plot.yOf(y), kind, kind === 'square', 4.5)
    }
  })
  drawFrame(page, plot)
  drawYTicks(
    page,
    plot,
    chooseTicks(scatter.y, 5).map((at) => ({ at, text: scatter.formatY(at) })),
  )
  drawXTicks(
    page,
    plot,
    chooseTicks(scatter.x, 5).map((at) => ({ at, text: scatter.formatX(at) })),
  )
  drawLine(page, scatter.title, textStyles.strong, frame.left, frame.top - 10, frame.width)
  const below = frame.top + frame.height + 38
  drawLine(
    page,
    scatter.xName,
    textStyles.fine,
    frame.left + frame.width,
    below,
    frame.width,
    'right',
  )
}
