import { drawLine, type Page, textStyles } from './page.ts'
import { palette } from './palette.ts'

/** A rectangle of the page with a scale on each side. */
export interface Plot {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  readonly xOf: (value: number) => number
  readonly yOf: (value: number) => number
}

export interface AxisRange {
  readonly from: number
  readonly to: number
}

/** A plot with linear scales. */
export function makePlot(
  frame: Pick<Plot, 'left' | 'top' | 'width' | 'height'>,
  x: AxisRange,
  y: AxisRange,
): Plot {
  const { left, top, width, height } = frame
  return {
    ...frame,
    xOf: (value) => left + ((value - x.from) / (x.to - x.from)) * width,
    yOf: (value) => top + height - ((value - y.from) / (y.to - y.from)) * height,
  }
}

/** Round numbers within a range, about `count` of them. */
export function chooseTicks({ from, to }: AxisRange, count: number): number[] {
  const rough = (to - from) / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 2.5, 5, 10].map((times) => times * power).find((one) => one >= rough)!
  const ticks: number[] = []
  for (let tick = Math.ceil(from / step) * step; tick <= to + step * 1e-6; tick += step) {
    ticks.push(Math.round(tick / step) * step)
  }
  return ticks
}

/** The frame of a plot, drawn on top of its content. */
export function drawFrame({ context }: Page, { left, top, width, height }: Plot): void {
  context.strokeStyle = palette.muted
  context.lineWidth = 1
  context.strokeRect(left + 0.5, top + 0.5, width - 1, height - 1)
}

/** Ticks with their numbers below a plot. */
export function drawXTicks(
  page: Page,
  plot: Plot,
  ticks: readonly { readonly at: number; readonly text: string }[],
): void {
  const { context } = page
  const bottom = plot.top + plot.height
  for (const { at, text } of ticks) {
    const x = Math.round(plot.xOf(at))
    context.fillStyle = palette.muted
    context.fillRect(x, bottom - 5, 1, 5)
    drawLine(page, text, textStyles.tick, x, bottom + 22, 120, 'center')
  }
}

/** Ticks with their numbers to the left of a plot. */
export function drawYTicks(
  page: Page,
  plot: Plot,
  ticks: readonly { readonly at: number; readonly text: string }[],
): void {
  const { context } = page
  for (const { at, text } of ticks) {
    const y = Math.round(plot.yOf(at))
    context.fillStyle = palette.muted
    context.fillRect(plot.left, y, 5, 1)
    if (text !== '') drawLine(page, text, textStyles.tick, plot.left - 6, y + 6, 80, 'right')
  }
}

/** Draws clipped to the plot. */
export function clipTo({ context }: Page, plot: Plot, draw: () => void): void {
  context.save()
  context.beginPath()
  context.rect(plot.left, plot.top, plot.width, plot.height)
  context.clip()
  draw()
  context.restore()
}

/**
 * A mark of a measurement: a disc for the right side, a square for the left; hollow ones are
 * secondary.
 */
export function drawMark(
  { context }: Page,
  x: number,
  y: number,
  kind: 'disc' | 'square',
  isHollow = false,
  size = 6,
): void {
  context.beginPath()
  if (kind === 'disc') context.arc(x, y, size, 0, 2 * Math.PI)
  else context.rect(x - size * 0.9, y - size * 0.9, size * 1.8, size * 1.8)
  context.closePath()
  context.fillStyle = isHollow ? palette.paper : palette.ink
  context.fill()
  context.lineWidth = 2
  context.strokeStyle = isHollow ? palette.ink : palette.paper
  context.stroke()
}
